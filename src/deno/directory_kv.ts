import type { Clock } from "../ports/clock.ts";
import { type Fs, FsError } from "../ports/fs.ts";
import {
  type BucketInfo,
  type CreateBucketOptions,
  type Kv,
  type KvBucket,
  KvError,
} from "../ports/kv.ts";
import { joinPath, parentPath } from "../util/join_path.ts";
import { isBucketName } from "../util/kv_names.ts";
import { DirectoryBucket } from "./directory_bucket.ts";
import { kvErrorOf, readSettings, SETTINGS_FILE, writeNew } from "./directory_files.ts";
import { LOCK_FILE } from "./directory_lock.ts";

/** Options of {@linkcode DirectoryKv}. */
export interface DirectoryKvOptions {
  /** Absolute path of the store; need not exist. */
  readonly directory: string;
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /**
   * Largest value in bytes.
   * @default {1048576}
   */
  readonly maxValue?: number;
}

/**
 * The embedded store: `DIR/<bucket>/<key>` holds a key's newest value, so that `cat` shows it and `cp`
 * sets it; revisions are kept in `DIR/<bucket>/.history`. Any number of processes may share it.
 * Reading needs `--allow-read=DIR`, writing `--allow-write=DIR` as well.
 */
export class DirectoryKv implements Kv {
  readonly #options: DirectoryKvOptions;
  readonly #closing = new AbortController();
  readonly #buckets = new Map<string, DirectoryBucket>();

  /** Opens nothing: the directory is looked at by every call. */
  constructor(options: DirectoryKvOptions) {
    this.#options = options;
  }

  bucket(name: string): KvBucket {
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const { fs, clock, maxValue = 1_048_576 } = this.#options;
    const bucket = new DirectoryBucket({
      path: this.#pathOf(name),
      fs,
      clock,
      maxValue,
      closed: this.#closing.signal,
    });
    this.#buckets.set(name, bucket);
    return bucket;
  }

  createBucket(name: string, options: CreateBucketOptions = {}): Promise<BucketInfo> {
    try {
      options.signal?.throwIfAborted();
      this.#closing.signal.throwIfAborted();
      return Promise.resolve(this.#create(name, options.history ?? 10));
    } catch (error) {
      if (options.signal?.aborted) return Promise.reject(options.signal.reason);
      return Promise.reject(kvErrorOf(`Cannot create bucket "${name}"`, error));
    }
  }

  /** Ends every listening; calls fail with `closed` from now on. */
  [Symbol.asyncDispose](): Promise<void> {
    const why = "Cannot use the store: it is closed";
    if (!this.#closing.signal.aborted) this.#closing.abort(new KvError(why, { code: "closed" }));
    return Promise.resolve();
  }

  #create(name: string, history: number): BucketInfo {
    const { fs } = this.#options;
    const path = this.#pathOf(name);
    const info = { name, replicas: 1, direct: true };
    this.#makeDirectories(path);
    if (fs.lstat(joinPath(path, SETTINGS_FILE)) !== undefined) {
      return { ...info, created: false, ...readSettings(fs, path) };
    }
    fs.append(joinPath(path, LOCK_FILE), 0o600).close();
    const bytes = new TextEncoder().encode(`${JSON.stringify({ history })}\n`);
    writeNew(fs, { directory: path, name: SETTINGS_FILE, bytes });
    return { ...info, created: true, history };
  }

  #makeDirectories(path: string): void {
    const { fs } = this.#options;
    if (fs.lstat(path)?.kind === "directory") return;
    const parent = parentPath(path);
    if (parent !== path) this.#makeDirectories(parent);
    try {
      fs.mkdir(path, 0o700);
    } catch (error) {
      if (!(error instanceof FsError && error.code === "exists")) throw error;
    }
  }

  #pathOf(name: string): string {
    if (isBucketName(name)) return joinPath(this.#options.directory, name);
    throw new KvError(`Cannot use bucket "${name}": not a bucket name`, { code: "bad_key" });
  }
}
