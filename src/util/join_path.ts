/**
 * Joins path parts with single slashes (POSIX). Empty parts are left out; nothing is normalised, so a `..`
 * stays visible: use {@linkcode confine} for parts that came from outside.
 */
export function joinPath(...parts: readonly string[]): string {
  let joined = "";
  for (const part of parts) {
    if (part === "") continue;
    if (joined === "") {
      joined = part;
    } else {
      joined = `${joined.replace(/\/+$/, "")}/${part.replace(/^\/+/, "")}`;
    }
  }
  return joined;
}

/** The part of a path before its last slash: `"/"` for entries of the root, `"."` when there is no slash. */
export function parentPath(path: string): string {
  const at = path.lastIndexOf("/");
  if (at < 0) return ".";
  return at === 0 ? "/" : path.slice(0, at);
}

/** The part of a path after its last slash. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
