import { type Fs, FsError } from "../ports/fs.ts";
import { joinPath, parentPath } from "../util/join_path.ts";
import { AgentError } from "./agent_error.ts";

/** Where an agent's things are. All paths are absolute. */
export interface AgentDirectories {
  /** The machines directory. */
  readonly machines: string;
  /** The agent's own files. */
  readonly state: string;
}

/**
 * Makes the machines directory and the agent's own one, both for their owner alone, where they do not exist.
 * Throws AgentError `directory` for what stands there and is none.
 */
export function prepareDirectories(fs: Fs, { machines, state }: AgentDirectories): void {
  makeDirectory(fs, machines, { what: "machines directory" });
  makeDirectory(fs, state, { what: "state directory", mode: 0o700 });
}

function makeDirectory(
  fs: Fs,
  path: string,
  { what, mode }: { readonly what: string; readonly mode?: number },
): void {
  const info = fs.lstat(path);
  if (info === undefined) {
    try {
      fs.mkdir(path, 0o700);
    } catch (error) {
      // What is above may not be looked at: permissions end at the directory itself.
      if (!(error instanceof FsError) || error.code !== "not_found") throw error;
      throw new AgentError(`Cannot use ${what} "${path}": the directory above does not exist`, {
        code: "directory",
        hint: `mkdir -p ${parentPath(path)}`,
        cause: error,
      });
    }
    return;
  }
  if (info.kind !== "directory") {
    const is = info.kind === "link" ? "a symbolic link" : "not a directory";
    throw new AgentError(`Cannot use ${what} "${path}": it is ${is}`, { code: "directory" });
  }
  if (mode !== undefined && info.mode !== mode) fs.chmod(path, mode);
}

/**
 * Takes the lock of a directory for as long as the returned value is not disposed. The lock is the kernel's
 * (flock): one left by a killed process is none. Throws AgentError `locked`.
 */
export function takeLock(fs: Fs, state: string, name = "lock"): Disposable {
  const path = joinPath(state, name);
  const file = fs.append(path, 0o600);
  if (file.tryLock()) return file;
  file.close();
  throw new AgentError(`Cannot start in "${parentPath(state)}": another instance holds "${path}"`, {
    code: "locked",
  });
}
