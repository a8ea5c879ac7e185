import { type Fs, FsError } from "../ports/fs.ts";
import { KeyError } from "../spec/key_error.ts";
import { parentPath } from "../util/join_path.ts";

/** Write bit for everybody, and the one that keeps others from replacing what is not theirs. */
const OTHERS_WRITE = 0o002;
const STICKY = 0o1000;

/**
 * Refuses a key file that anybody may write, or put another one in the place of: whoever can change the key decides
 * what runs. Throws KeyError `key_permissions`. A directory that may not be looked at is left unasked.
 */
export function checkKeyFile(fs: Pick<Fs, "lstat">, path: string): void {
  const file = look(fs, path);
  if (file?.kind === "file" && (file.mode & OTHERS_WRITE) !== 0) {
    refuse(path, "everybody may write it");
  }
  const directory = look(fs, parentPath(path));
  if (directory === undefined || (directory.mode & OTHERS_WRITE) === 0) return;
  if ((directory.mode & STICKY) === 0) refuse(path, "everybody may write its directory");
}

function look(fs: Pick<Fs, "lstat">, path: string) {
  try {
    return fs.lstat(path);
  } catch (error) {
    // The permission covers the file, and need not cover what is above it.
    if (error instanceof FsError && error.code === "permission") return undefined;
    throw error;
  }
}

function refuse(path: string, why: string): never {
  throw new KeyError(`Cannot trust key file "${path}": ${why}`, { code: "key_permissions" });
}
