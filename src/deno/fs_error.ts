import { FsError, type FsErrorCode } from "../ports/fs.ts";

/** The runtime's error classes that have a code of their own. */
const CODE_OF_CLASS: ReadonlyMap<string, FsErrorCode> = new Map<string, FsErrorCode>([
  ["NotFound", "not_found"],
  ["AlreadyExists", "exists"],
  ["PermissionDenied", "denied"],
  ["NotCapable", "permission"],
  ["NotADirectory", "not_a_directory"],
  ["IsADirectory", "not_a_file"],
]);

/** Numbers of the operating system (Linux and macOS agree on these but for the last two). */
const CODE_OF_ERRNO: ReadonlyMap<string, FsErrorCode> = new Map<string, FsErrorCode>([
  ["ENOENT", "not_found"],
  ["EEXIST", "exists"],
  ["EACCES", "denied"],
  ["EPERM", "denied"],
  ["ENOSPC", "no_space"],
  ["EDQUOT", "no_space"],
  ["EROFS", "read_only"],
  ["ENOTDIR", "not_a_directory"],
  ["EISDIR", "not_a_file"],
  ["ENOTEMPTY", "not_empty"],
  ["EXDEV", "cross_device"],
  ["EMFILE", "too_many_open"],
  ["ENFILE", "too_many_open"],
]);

/** What people read for each code. */
const WORDS: Readonly<Record<FsErrorCode, string>> = {
  not_found: "it does not exist",
  exists: "it exists already",
  denied: "the operating system refuses it",
  permission: "Deno was not given the permission",
  no_space: "the disk is full",
  read_only: "the file system is read-only",
  not_a_file: "it is not a regular file",
  not_a_directory: "it is not a directory",
  not_empty: "the directory is not empty",
  cross_device: "it is on another file system",
  too_many_open: "too many files are open",
  io: "the file system failed",
};

/** What was tried. */
export interface FsCall {
  /** As in "Cannot <verb>". */
  readonly verb: string;
  /** What it was about. */
  readonly path: string;
}

/** An error of the runtime as ours, with a code that callers can branch on. */
export function fsError(cause: unknown, { verb, path }: FsCall): FsError {
  if (cause instanceof FsError) return cause;
  const code = codeOf(cause);
  const detail = code === "io" && cause instanceof Error ? ` (${cause.message})` : "";
  return new FsError(`Cannot ${verb} "${path}": ${WORDS[code]}${detail}`, { code, path, cause });
}

/** An error that we noticed ourselves. */
export function fsRefusal(code: FsErrorCode, { verb, path }: FsCall): FsError {
  return new FsError(`Cannot ${verb} "${path}": ${WORDS[code]}`, { code, path });
}

function codeOf(cause: unknown): FsErrorCode {
  if (!(cause instanceof Error)) return "io";
  const errno = (cause as { code?: unknown }).code;
  const byErrno = typeof errno === "string" ? CODE_OF_ERRNO.get(errno) : undefined;
  return byErrno ?? CODE_OF_CLASS.get(cause.name) ?? "io";
}
