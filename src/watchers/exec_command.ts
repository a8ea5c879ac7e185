import type { Fs } from "../ports/fs.ts";
import { joinPath } from "../util/join_path.ts";
import { splitCommand } from "../util/shlex.ts";
import { LookError } from "./failure.ts";

/** Options of {@linkcode resolveCommand}. */
export interface ResolveCommandOptions {
  /** Absolute path of the machine's own directory. */
  readonly directory: string;
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** Tells whether the machine has the executable. */
  readonly fs: Pick<Fs, "lstat">;
}

/**
 * Splits a command line and finds its executable: a name without a slash in the machine's directory first,
 * then wherever `PATH` leads; a relative path below the machine's directory. Throws
 * {@linkcode LookError} for an executable of another machine, which nobody has checked here, and for what
 * cannot be split.
 */
export function resolveCommand(line: string, options: ResolveCommandOptions): readonly string[] {
  const [name, ...rest] = split(line);
  if (name === undefined || name === "") {
    throw new LookError("Cannot run a command: it is empty", { code: "command" });
  }
  return [locate(name, options), ...rest];
}

function split(line: string): readonly string[] {
  try {
    return splitCommand(line);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new LookError(cause.message, { code: "command", cause });
  }
}

function locate(name: string, { directory, machines, fs }: ResolveCommandOptions): string {
  if (!name.includes("/")) {
    const own = joinPath(directory, name);
    const info = name === "." || name === ".." ? undefined : fs.lstat(own);
    return info?.kind === "file" && (info.mode & 0o111) !== 0 ? own : name;
  }
  const path = normalize(name.startsWith("/") ? name : joinPath(directory, name));
  if (path.startsWith(`${machines}/`) && !path.startsWith(`${directory}/`)) {
    throw new LookError(`Cannot run "${name}": it belongs to another machine`, {
      code: "outside",
    });
  }
  return path;
}

/** An absolute path without `.`, `..` and empty components, lexically. */
function normalize(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}
