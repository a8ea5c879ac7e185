/** A working directory that can never exist, so that no look-up can start anything. */
const NOWHERE = "/dev/null/nowhere";

/**
 * Whether a command is found as Go's `exec.LookPath` finds it.
 *
 * A bare name needs no permission at all: the runtime looks it up on the PATH before it asks whether
 * it may run it, so `NotFound` says that there is none and `NotCapable` that there is one. Should the
 * permission be there, the look-up fails at a working directory that cannot exist: nothing ever runs.
 * A name with a slash is a path, and looking at it needs `--allow-read`.
 */
export function findCommand(name: string): boolean {
  if (name === "" || name.includes("\0")) return false;
  return name.includes("/") ? isExecutable(name) : isOnPath(name);
}

function isOnPath(name: string): boolean {
  try {
    new Deno.Command(name, { cwd: NOWHERE, stdin: "null", stdout: "null", stderr: "null" }).spawn();
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return true;
    if (error instanceof Deno.errors.NotFound) return error.message.includes("No such cwd");
    throw unknown(name, error);
  }
  throw unknown(name, new Error("the runtime started it in a directory that cannot exist"));
}

function isExecutable(path: string): boolean {
  try {
    const info = Deno.statSync(path);
    return info.isFile && ((info.mode ?? 0) & 0o111) !== 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    if (error instanceof Deno.errors.NotADirectory) return false;
    throw unknown(path, error);
  }
}

function unknown(name: string, cause: unknown): Error {
  const why = cause instanceof Deno.errors.NotCapable
    ? "Deno was not given --allow-read for it"
    : cause instanceof Error
    ? cause.message
    : "the system failed";
  return new Error(`Cannot look for command "${name}": ${why}`, { cause });
}
