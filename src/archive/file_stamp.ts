import type { FileInfo } from "../ports/fs.ts";

/**
 * Milliseconds in which a change may hide behind an equal change time: Deno tells change times in whole seconds (2.9.6), and
 * the kernel stamps with its tick. Modification times are finer, but anybody can set them.
 */
export const RACY_MS = 1050;

/** What tells one state of a file from another without reading it. */
export interface FileStamp {
  /** Path relative to the tree. */
  readonly path: string;
  /** Device number. */
  readonly dev: number;
  /** Inode number. */
  readonly ino: number;
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Modification time, milliseconds. */
  readonly mtimeMs: number;
  /** Change time, milliseconds: nobody but the kernel sets it. */
  readonly ctimeMs: number;
}

/** The stamp of a file. */
export function stampOf(path: string, info: FileInfo): FileStamp {
  const { dev, ino, size, mode, mtimeMs, ctimeMs } = info;
  return { path, dev, ino, size, mode, mtimeMs, ctimeMs };
}

/** Whether two stamps are of the same state of the same file. */
export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.ino === b.ino && a.dev === b.dev && a.size === b.size && a.mode === b.mode &&
    a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs;
}

/**
 * Whether a stamp that was taken at `takenMs` says something for ever: a file that changed just before could
 * change again within the same tick, and look the same.
 */
export function isSettled(stamp: FileStamp, takenMs: number): boolean {
  return stamp.ctimeMs + RACY_MS <= takenMs;
}
