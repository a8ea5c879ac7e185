import { createHash } from "node:crypto";
import type { Difference } from "../ports/installer.ts";
import { type Fs, FsError, type OpenFile } from "../ports/fs.ts";
import { type FileStamp, sameStamp, stampOf } from "./file_stamp.ts";
import { READ_BYTES } from "./limits.ts";

/** One file to be hashed. */
export interface HashJob {
  /** Path relative to the tree. */
  readonly path: string;
  /** SHA-256 that it must have, lower-case hex. */
  readonly digest: string;
  /** What it was when it was looked at. */
  readonly stamp: FileStamp;
}

/** What hashing found. */
export interface HashResult {
  /** Files that are not what was signed, in the order of the jobs. */
  readonly differences: readonly Difference[];
  /** Bytes read. */
  readonly hashed: number;
}

/** Hashes files somewhere: here, or in a worker. */
export type HashFiles = (root: string, jobs: readonly HashJob[]) => Promise<HashResult>;

/**
 * Reads files one after the other into one buffer and compares their digests. The file that is open must be
 * the one that was looked at, before and after. Fails only with what is not about one file (too many open files).
 */
export function hashFiles(
  fs: Pick<Fs, "open">,
  root: string,
  jobs: readonly HashJob[],
): HashResult {
  const buffer = new Uint8Array(READ_BYTES);
  const differences: Difference[] = [];
  let hashed = 0;
  for (const job of jobs) {
    const kind = hashFile(fs, `${root}/${job.path}`, { job, buffer });
    hashed += job.stamp.size;
    if (kind !== undefined) differences.push({ path: job.path, kind });
  }
  return { differences, hashed };
}

interface HashFileOptions {
  readonly job: HashJob;
  readonly buffer: Uint8Array;
}

function hashFile(
  fs: Pick<Fs, "open">,
  path: string,
  options: HashFileOptions,
): Difference["kind"] | undefined {
  const { job, buffer } = options;
  try {
    using file = fs.open(path);
    if (!sameStamp(stampOf(job.path, file.opened ?? file.stat()), job.stamp)) return "changed";
    const digest = digestOf(file, { size: job.stamp.size, buffer });
    if (digest !== job.digest || !sameStamp(stampOf(job.path, file.stat()), job.stamp)) {
      return "changed";
    }
    return undefined;
  } catch (error) {
    return kindOfFailure(error);
  }
}

/** Reads to the end, and one read further only for a file that fills its last read: a longer one has another stamp. */
function digestOf(
  file: OpenFile,
  options: { readonly size: number; readonly buffer: Uint8Array },
): string {
  const { size, buffer } = options;
  const hash = createHash("sha256");
  let done = 0;
  while (done < size) {
    const count = file.read(buffer);
    if (count === 0) break;
    hash.update(buffer.subarray(0, count));
    done += count;
  }
  return hash.digest("hex");
}

/** What a failed open or read says of the file; throws what says nothing of it. */
export function kindOfFailure(error: unknown): Difference["kind"] {
  if (!(error instanceof FsError)) throw error;
  switch (error.code) {
    case "not_found":
      return "missing";
    case "not_a_file":
    case "not_a_directory":
      return "type";
    case "denied":
    case "io":
      return "unreadable";
    default:
      throw error;
  }
}
