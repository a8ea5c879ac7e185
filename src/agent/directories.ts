import { type Fs, FsError } from "../ports/fs.ts";
import { joinPath, parentPath } from "../util/join_path.ts";
import { otherWriter } from "../util/other_writer.ts";
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
      if (error instanceof FsError && error.code === "exists" && fs.lstat(path) !== undefined) {
        // The other half of the node has made it just now.
        return makeDirectory(fs, path, mode === undefined ? { what } : { what, mode });
      }
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
 * Refuses directories that somebody else may write: whoever can put a machine there has it run by this agent.
 * To be called under a lock. Throws AgentError `directory_permissions`.
 */
export function refuseOpenDirectories(
  fs: Fs,
  { machines, state, role }: AgentDirectories & { readonly role: string },
): void {
  const us = ownUid(fs, joinPath(state, `.owner-${role}`));
  for (const [what, path] of [["machines", machines], ["state", state]] as const) {
    const info = fs.lstat(path);
    const writer = info && otherWriter(info, us);
    if (info === undefined || writer === undefined) continue;
    const isOpen = (info.mode & 0o022) !== 0;
    throw new AgentError(`Cannot use ${what} directory "${path}": ${writer}`, {
      code: "directory_permissions",
      hint: isOpen ? `chmod go-w ${path}` : `chown -R ${us ?? "USER"} ${path}`,
    });
  }
}

/** The user that files of ours belong to: to ask for it would need a permission, to make a file needs none. */
function ownUid(fs: Fs, path: string): number | undefined {
  try {
    fs.removeTree(path);
    try {
      using file = fs.create(path, 0o600);
      return file.stat().uid;
    } finally {
      fs.removeTree(path);
    }
  } catch (error) {
    // A full disk is no reason to keep verified machines from running.
    if (!(error instanceof FsError)) throw error;
    return undefined;
  }
}

/**
 * Takes the lock of a directory for as long as the returned value is not disposed. The lock is the kernel's
 * (flock): one left by a killed process is none. Throws AgentError `locked`.
 */
export function takeLock(fs: Fs, state: string, name = "lock"): Disposable {
  const path = joinPath(state, name);
  const file = fs.append(path, 0o600);
  try {
    if (file.tryLock()) return file;
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  throw new AgentError(`Cannot start in "${parentPath(state)}": another instance holds "${path}"`, {
    code: "locked",
  });
}
