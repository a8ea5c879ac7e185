/**
 * The file system, as the domain sees it. Synchronous by design: the agent's own files are small, and
 * whole trees are handled in a worker (ADR 0009), where synchronous calls are two to three times faster.
 * No call follows a symbolic link in its last component.
 */
export interface Fs {
  /** What stands at `path`, links not followed; undefined when nothing does. */
  lstat(path: string): FileInfo | undefined;
  /** The entries of a directory, sorted by name (byte order). */
  readDir(path: string): readonly DirectoryEntry[];
  /** Opens an existing regular file for reading; never a link, FIFO, device or directory. */
  open(path: string): OpenFile;
  /** Creates a new file (fails with `exists`) for writing, with exactly `mode` (umask ignored). */
  create(path: string, mode: number): OpenFile;
  /** Opens a file for appending; creates it with `mode` when absent. Never follows a link. */
  append(path: string, mode: number): OpenFile;
  /** Makes one directory with exactly `mode`; fails with `exists`. */
  mkdir(path: string, mode: number): void;
  /** Renames within one file system. */
  rename(from: string, to: string): void;
  /** Removes one file, link or empty directory. */
  remove(path: string): void;
  /** Removes a tree without following links; quiet when nothing is there. */
  removeTree(path: string): void;
  /** Sets the permission bits. */
  chmod(path: string, mode: number): void;
  /** Makes the entries of a directory durable (fsync on the directory). */
  syncDirectory(path: string): void;
}

/** What {@linkcode Fs.lstat} and {@linkcode OpenFile.stat} know. */
export interface FileInfo {
  /** Kind of the entry itself; `other` is a FIFO, socket or device. */
  readonly kind: FileKind;
  /** Bytes. */
  readonly size: number;
  /** Permission bits including setuid, setgid and sticky: `0o7777`. */
  readonly mode: number;
  /** Modification time, milliseconds. */
  readonly mtimeMs: number;
  /** Change time of the inode, milliseconds. */
  readonly ctimeMs: number;
  /** Device number. */
  readonly dev: number;
  /** Inode number. */
  readonly ino: number;
  /** Number of hard links. */
  readonly nlink: number;
  /** Owner. */
  readonly uid: number;
  /** Group. */
  readonly gid: number;
}

/** Kinds of directory entries. */
export type FileKind = "file" | "directory" | "link" | "other";

/** One entry of a directory. */
export interface DirectoryEntry {
  /** Name without a path. */
  readonly name: string;
  /** Kind of the entry itself, links not followed. */
  readonly kind: FileKind;
}

/** An open regular file. Closing twice is fine. */
export interface OpenFile extends Disposable {
  /** What was open right after it was opened, where the file system had to look anyway; see {@linkcode OpenFile.stat}. */
  readonly opened?: FileInfo | undefined;
  /** Fills `buffer` from the current position: bytes read, or 0 at the end. */
  read(buffer: Uint8Array): number;
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): void;
  /** What is open. */
  stat(): FileInfo;
  /** Makes content and size durable (fdatasync). */
  sync(): void;
  /** Takes an advisory lock (flock) without waiting: false when somebody else holds it. */
  tryLock(): boolean;
  /** Closes the descriptor. */
  close(): void;
}

/** Why a file-system call failed. */
export type FsErrorCode =
  | "not_found"
  | "exists"
  | "denied"
  | "permission"
  | "no_space"
  | "read_only"
  | "not_a_file"
  | "not_a_directory"
  | "not_empty"
  | "cross_device"
  | "too_many_open"
  | "io";

/**
 * A file-system call failed. `denied` is the operating system's refusal (EACCES, EPERM), `permission` is
 * Deno's own (NotCapable); `io` is everything without a code of its own.
 */
export class FsError extends Error {
  /** Its class, for logs. */
  override readonly name = "FsError";
  /** Closed set, for callers that branch. */
  readonly code: FsErrorCode;
  /** The path that the call was about. */
  readonly path: string;

  /** Makes one; `message` is for people. */
  constructor(message: string, options: FsErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.path = options.path;
  }
}

/** Options of {@linkcode FsError}. */
export interface FsErrorOptions {
  /** Closed set. */
  readonly code: FsErrorCode;
  /** The path that the call was about. */
  readonly path: string;
  /** The runtime's own error. */
  readonly cause?: unknown;
}
