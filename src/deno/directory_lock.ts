import type { Clock } from "../ports/clock.ts";
import { type Fs, FsError, type OpenFile } from "../ports/fs.ts";
import { KvError } from "../ports/kv.ts";
import { joinPath } from "../util/join_path.ts";

/** Name of the lock's file in a bucket. */
export const LOCK_FILE = ".lock";

/** Milliseconds between two tries. */
const RETRY_MS = 10;

/** Milliseconds after which the holder is taken for stuck. */
const GIVE_UP_MS = 10_000;

/** Options of {@linkcode lockBucket}. */
export interface LockOptions {
  /** Path of the bucket's directory. */
  readonly path: string;
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** Takes a bucket for oneself: dispose to let others in. A crashed holder lets go by itself (flock). */
export async function lockBucket(options: LockOptions): Promise<Disposable> {
  const { path, fs, clock, signal } = options;
  const end = clock.monotonic() + GIVE_UP_MS;
  const file = openLock(fs, joinPath(path, LOCK_FILE));
  try {
    while (!file.tryLock()) {
      if (clock.monotonic() >= end) {
        const why = "another process holds its lock";
        throw new KvError(`Cannot lock bucket "${path}": ${why}`, { code: "unreachable" });
      }
      await clock.sleep(RETRY_MS, { signal });
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

/** Who may only read can lock as well, once the file is there. */
function openLock(fs: Fs, path: string): OpenFile {
  try {
    return fs.open(path);
  } catch (error) {
    if (!(error instanceof FsError) || error.code !== "not_found") throw error;
    return fs.append(path, 0o600);
  }
}
