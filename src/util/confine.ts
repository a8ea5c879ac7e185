import { joinPath } from "./join_path.ts";

/**
 * The path of `relative` below `root`, lexically. Throws RangeError for whatever could lead out or could be
 * read in two ways: empty, absolute, `.` and `..` components, empty components, backslashes, control
 * characters. Links that stand on the disk are the caller's to check (lstat, open, fstat).
 *
 * @example
 * ```ts
 * import { confine } from "./confine.ts";
 *
 * if (confine("/m", "a/b") !== "/m/a/b") throw new Error("unexpected");
 * ```
 */
export function confine(root: string, relative: string): string {
  const why = escapeReason(relative);
  if (why !== undefined) {
    throw new RangeError(`Cannot use path ${JSON.stringify(relative)}: ${why}`);
  }
  return joinPath(root, relative);
}

/** Why a relative path is not safe below a root, or undefined when it is. */
export function escapeReason(relative: string): string | undefined {
  if (relative === "") return "it is empty";
  if (relative.startsWith("/")) return "it is absolute";
  if (relative.includes("\\")) return "it has a backslash";
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(relative)) return "it has a control character";
  for (const part of relative.split("/")) {
    if (part === "") return "it has an empty component";
    if (part === "." || part === "..") return `it has a "${part}" component`;
  }
  return undefined;
}
