import { confine } from "../util/confine.ts";
import { joinPath } from "../util/join_path.ts";
import { LookError } from "./failure.ts";

/** Directories around a machine. */
export interface FilePlaces {
  /** Absolute path of the machine's own directory. */
  readonly directory: string;
  /** Absolute path of the machines directory. */
  readonly machines: string;
}

/**
 * The absolute path of a watched file: relative ones stand below the machine's own directory and cannot lead
 * out of it. Absolute ones are for the rest of the node, where the runtime's permissions decide, but not for
 * other machines and the agent's own state. Throws {@linkcode LookError}.
 */
export function placeFile(path: string, { directory, machines }: FilePlaces): string {
  if (!path.startsWith("/")) return below(directory, path.replace(/^(?:\.\/+)+/, ""));
  const absolute = below("/", path.replace(/^\/+/, ""));
  const inside = absolute === machines || absolute.startsWith(`${machines}/`);
  if (inside && !absolute.startsWith(joinPath(directory, "/"))) {
    throw new LookError(`Cannot use path "${path}": it belongs to another machine`, {
      code: "outside",
    });
  }
  return absolute;
}

function below(root: string, relative: string): string {
  try {
    return confine(root, relative);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LookError(cause.message, { code: "outside", cause });
  }
}
