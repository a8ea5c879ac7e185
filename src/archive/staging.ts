import type { ArchiveLimits } from "./limits.ts";
import type { FileStamp } from "./file_stamp.ts";

/** What is to be unpacked, and where. Plain data: it crosses to a worker. */
export interface StagingOptions {
  /** An existing, empty directory; the tree becomes `<directory>/new`. */
  readonly directory: string;
  /** Top directory that the archive must have. */
  readonly top: string;
  /** SHA-256 that the archive must have. */
  readonly checksum: string;
  /** Name of the sums file. */
  readonly verify: string;
  /** SHA-256 that the sums file must have. */
  readonly verifyChecksum: string;
  /** What the archive may cost. */
  readonly limits: ArchiveLimits;
  /** As in `InstallRequest.allowUnlisted`. */
  readonly allowUnlisted: readonly string[];
  /** File that keeps the bytes of the archive as they come; undefined: they are not kept. */
  readonly part?: string;
}

/** A tree that stands in its stage and is exactly what was signed. */
export interface StagedTree {
  /** Files with 0755, relative to the tree. */
  readonly executables: readonly string[];
  /** Directories with 0755, `""` for the tree itself. */
  readonly directories: readonly string[];
  /** Owner of everything. */
  readonly uid: number;
  /** Number of files. */
  readonly files: number;
  /** Bytes of the archive. */
  readonly bytes: number;
  /** Stamps of the files as they were just written. */
  readonly stamps: readonly FileStamp[];
}

/**
 * An archive on its way from bytes to a verified tree. Bytes are taken in order; what is wrong with them may be
 * told by any call, at the latest by `finish`. Disposing removes nothing: the directory is the caller's.
 */
export interface Staging extends AsyncDisposable {
  /** Takes all bytes of a file that stands already (the cache, or what an earlier download left): how many. */
  readFrom(path: string): Promise<number>;
  /** Takes the next bytes; they belong to the staging from now on. */
  write(bytes: Uint8Array): Promise<void>;
  /** Says that no more bytes come; everything is verified then. */
  finish(): Promise<StagedTree>;
}
