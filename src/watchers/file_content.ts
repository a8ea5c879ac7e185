import { type FileInfo, type Fs, FsError } from "../ports/fs.ts";
import { replaceFile } from "../util/atomic_file.ts";

/** Bytes that a managed file may have. */
export const MAX_CONTENT_BYTES = 1024 * 1024;

/** What a managed file is to be. */
export interface FileContent {
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** The permission bits. */
  readonly mode: number;
  /** User id of the owner: the agent's own. */
  readonly uid: number;
}

/**
 * Makes the file at `path` what it is to be, whole or not at all: true when it was not. What stood there is
 * replaced, a link itself and not what it points to. Throws FsError.
 */
export function manageFile(fs: Fs, path: string, wanted: FileContent): boolean {
  const info = fs.lstat(path);
  if (info?.kind === "directory") {
    throw new FsError(`Cannot write file "${path}": it is a directory`, {
      code: "not_a_file",
      path,
    });
  }
  if (info !== undefined && isAsWanted(fs, path, { info, wanted })) return false;
  replaceFile(fs, path, wanted.bytes, { mode: wanted.mode });
  return true;
}

function isAsWanted(
  fs: Fs,
  path: string,
  { info, wanted }: { readonly info: FileInfo; readonly wanted: FileContent },
): boolean {
  return info.kind === "file" && info.size === wanted.bytes.length && info.mode === wanted.mode &&
    info.uid === wanted.uid && hasBytes(fs, path, wanted.bytes);
}

function hasBytes(fs: Fs, path: string, wanted: Uint8Array): boolean {
  using file = fs.open(path);
  const buffer = new Uint8Array(64 * 1024);
  let at = 0;
  for (let count = file.read(buffer); count > 0; count = file.read(buffer)) {
    for (let i = 0; i < count; i++) if (buffer[i] !== wanted[at + i]) return false;
    at += count;
  }
  return at === wanted.length;
}
