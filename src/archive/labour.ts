import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { StageHow } from "./fetch_archive.ts";
import { type HashFiles, hashFiles } from "./hash_files.ts";
import type { Staging, StagingOptions } from "./staging.ts";
import { syncTrees } from "./sync_tree.ts";
import { Unpacking } from "./unpacking.ts";

/** Milliseconds that making files durable may block the loop before it lets others in. */
const SYNC_SLICE_MS = 5;

/** About how much a tree is. */
export interface TreeSize {
  /** Number of files. */
  readonly files: number;
  /** Bytes of its archive. */
  readonly bytes: number;
}

/** The heavy work, which may be done elsewhere. */
export interface ArchiveLabour {
  /** Unpacks an archive. */
  readonly stage: (options: StagingOptions, how: StageHow) => Staging;
  /** Hashes files. */
  readonly hash: HashFiles;
  /** Makes trees and files durable. */
  readonly sync: (paths: readonly string[], size: TreeSize) => Promise<void>;
}

/** Options of {@linkcode labourHere}. */
export interface LabourHereOptions {
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
}

/** All of the work on this thread. */
export function labourHere(options: LabourHereOptions): ArchiveLabour {
  const { fs, clock } = options;
  return {
    stage: (staging) => new Unpacking(fs, staging),
    hash: (root, jobs) => Promise.resolve(hashFiles(fs, root, jobs)),
    async sync(paths) {
      let since = clock.monotonic();
      for (const _ of syncTrees(fs, paths)) {
        if (clock.monotonic() - since < SYNC_SLICE_MS) continue;
        await clock.sleep(0);
        since = clock.monotonic();
      }
    },
  };
}
