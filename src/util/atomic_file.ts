import { baseName, joinPath, parentPath } from "./join_path.ts";

/** What {@linkcode replaceFile} needs of a file system; `Fs` has it. */
export interface ReplaceFs {
  /** Creates a new file with exactly `mode`; fails when something stands there. */
  create(path: string, mode: number): ReplaceHandle;
  /** Renames within one file system. */
  rename(from: string, to: string): void;
  /** Removes a tree or file without following links; quiet when nothing is there. */
  removeTree(path: string): void;
  /** Makes the entries of a directory durable. */
  syncDirectory(path: string): void;
}

/** An open file, as {@linkcode ReplaceFs.create} gives it. */
export interface ReplaceHandle extends Disposable {
  /** Writes all of `bytes`. */
  write(bytes: Uint8Array): void;
  /** Makes content and size durable. */
  sync(): void;
}

/** Options of {@linkcode replaceFile}. */
export interface ReplaceOptions {
  /**
   * Permission bits of the new file.
   * @default {0o600}
   */
  readonly mode?: number;
  /**
   * Whether the new content is on the disk before the old one is given up, and the rename before the return.
   * Without it a power cut may leave the old content, an empty file or the new one.
   * @default {true}
   */
  readonly durable?: boolean;
}

/**
 * Replaces or creates the file at `path`, whole or not at all: a file beside it is written, made durable and
 * renamed over it. A reader sees the old or the new content, also after a crash at any point. One writer per
 * path; what a crashed one left (`.<name>.new`) is replaced by the next.
 */
export function replaceFile(
  fs: ReplaceFs,
  path: string,
  bytes: Uint8Array,
  options: ReplaceOptions = {},
): void {
  const { mode = 0o600, durable = true } = options;
  const parent = parentPath(path);
  const staged = joinPath(parent, `.${baseName(path)}.new`);
  try {
    using file = createFresh(fs, staged, mode);
    file.write(bytes);
    if (durable) file.sync();
  } catch (error) {
    tryRemove(fs, staged);
    throw error;
  }
  try {
    fs.rename(staged, path);
  } catch (error) {
    tryRemove(fs, staged);
    throw error;
  }
  if (durable) fs.syncDirectory(parent);
}

/** What a crashed writer left is in the way only rarely: looking first would cost every write. */
function createFresh(fs: ReplaceFs, path: string, mode: number): ReplaceHandle {
  try {
    return fs.create(path, mode);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "exists")) throw error;
    fs.removeTree(path);
    return fs.create(path, mode);
  }
}

/** Takes a failed stage away; what made the write fail is the error worth telling, not this. */
function tryRemove(fs: ReplaceFs, path: string): void {
  try {
    fs.removeTree(path);
  } catch {
    // The next write of the same path removes it.
  }
}
