import type { HashJob, HashResult } from "../archive/hash_files.ts";
import type { StagedTree, StagingOptions } from "../archive/staging.ts";

/** What a worker can be asked; one answer each, in order. */
export type WorkerAsk =
  | { readonly kind: "stage"; readonly options: StagingOptions }
  | { readonly kind: "write"; readonly bytes: Uint8Array }
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "finish" }
  | { readonly kind: "dispose" }
  | { readonly kind: "hash"; readonly root: string; readonly jobs: readonly HashJob[] }
  | { readonly kind: "sync"; readonly paths: readonly string[] };

/** What each ask is answered with. */
export interface WorkerValues {
  /** Nothing to tell. */
  readonly stage: undefined;
  /** The buffer, to be used again. */
  readonly write: ArrayBufferLike;
  /** Bytes read. */
  readonly read: number;
  /** The verified tree. */
  readonly finish: StagedTree;
  /** Nothing to tell. */
  readonly dispose: undefined;
  /** What hashing found. */
  readonly hash: HashResult;
  /** Nothing to tell. */
  readonly sync: undefined;
}

/** An answer of a worker. */
export type WorkerAnswer =
  | { readonly ok: true; readonly value: WorkerValues[keyof WorkerValues] }
  | { readonly ok: false; readonly error: CrossedError };

/** An error on its way between threads: classes do not survive the crossing. */
export interface CrossedError {
  /** Class. */
  readonly name: string;
  /** Message. */
  readonly message: string;
  /** Closed code of `ArchiveError` and `FsError`. */
  readonly code?: string;
  /** Path of an `FsError`. */
  readonly path?: string;
}
