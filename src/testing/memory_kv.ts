import {
  type BucketInfo,
  type CreateBucketOptions,
  type Kv,
  type KvBucket,
  type KvChangesOptions,
  KvError,
  type KvGetOptions,
  type KvOptions,
  type KvPutOptions,
  type KvResult,
  type KvRevision,
} from "../ports/kv.ts";
import { isBucketName, isKeyName } from "../util/kv_names.ts";
import { Latch } from "../util/latch.ts";
import { wakeUps } from "../util/wake_ups.ts";

/** Options of {@linkcode MemoryKv}. */
export interface MemoryKvOptions {
  /** Buckets that exist from the start. */
  readonly buckets?: readonly string[];
  /**
   * Largest value in bytes.
   * @default {1048576}
   */
  readonly maxValue?: number;
  /**
   * Stamps revisions, milliseconds since the epoch.
   * @default {() => 0}
   */
  readonly now?: () => number;
}

/** A bucket's content. Sequences count over all keys, as in a stream. */
interface Content {
  readonly info: BucketInfo;
  sequence: number;
  readonly keys: Map<string, KvRevision[]>;
}

/** A store in memory that behaves as the real ones do, and that can be cut off. */
export class MemoryKv implements Kv {
  #contents = new Map<string, Content>();
  #listeners = new Set<() => void>();
  #failure: KvError | undefined;
  #gets = 0;
  readonly #maxValue: number;
  readonly #now: () => number;

  /** Empty, but for the buckets that `options` name. */
  constructor(options: MemoryKvOptions = {}) {
    this.#maxValue = options.maxValue ?? 1_048_576;
    this.#now = options.now ?? (() => 0);
    for (const name of options.buckets ?? []) this.#create(name, {});
  }

  /** How many gets were asked for, failed ones included. */
  get gets(): number {
    return this.#gets;
  }

  /** How many iterations of changes are going on. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Makes every call fail with `error`, until `undefined` brings the store back and wakes all. */
  fail(error: KvError | undefined): void {
    this.#failure = error;
    if (error === undefined) this.wake();
  }

  /** Wakes whoever listens for changes, for no reason: hints may be wrong. */
  wake(): void {
    for (const ring of [...this.#listeners]) ring();
  }

  /** Removes a bucket with all it holds; its revisions start again at 1 when it is created anew. */
  removeBucket(name: string): void {
    this.#contents.delete(name);
    this.wake();
  }

  bucket(name: string): KvBucket {
    return {
      get: (key, options) => this.#get(name, key, options),
      put: (key, value, options) => this.#put(name, key, value, options),
      delete: (key, options) => this.#delete(name, key, options),
      history: (key, options) => this.#history(name, key, options),
      changes: (_key, options) => this.#changes(options),
    };
  }

  async createBucket(name: string, options: CreateBucketOptions = {}): Promise<BucketInfo> {
    await this.#enter(options);
    if (!isBucketName(name)) {
      throw new KvError(`Cannot create bucket "${name}": not a bucket name`, { code: "bad_key" });
    }
    const present = this.#contents.get(name);
    if (present !== undefined) return { ...present.info, created: false };
    return this.#create(name, options);
  }

  /** Every call fails with `closed` from now on. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#failure = new KvError("Cannot use the store: it is closed", { code: "closed" });
    this.wake();
    return Promise.resolve();
  }

  #create(name: string, options: CreateBucketOptions): BucketInfo {
    const { history = 10, replicas = 1 } = options;
    const info: BucketInfo = { name, created: true, history, replicas, direct: true };
    this.#contents.set(name, { info, sequence: 0, keys: new Map() });
    this.wake();
    return info;
  }

  /** What every call does first: give others a turn, as a real store would. */
  async #enter(options: KvOptions | undefined): Promise<void> {
    options?.signal?.throwIfAborted();
    await Promise.resolve();
    if (this.#failure !== undefined) throw this.#failure;
  }

  #content(name: string): Content {
    const content = this.#contents.get(name);
    if (content !== undefined) return content;
    throw new KvError(`Cannot use bucket "${name}": it does not exist`, { code: "no_bucket" });
  }

  async #get(name: string, key: string, options: KvGetOptions = {}): Promise<KvResult> {
    this.#gets++;
    await this.#enter(options);
    checkKey(key);
    const content = this.#contents.get(name);
    if (content === undefined) return { kind: "absent", why: "no_bucket" };
    const revisions = content.keys.get(key) ?? [];
    const found = options.revision === undefined
      ? revisions.at(-1)
      : revisions.find((each) => each.revision === options.revision);
    if (found === undefined) return { kind: "absent", why: "no_key" };
    const { revision, time, value } = found;
    if (revision === options.newerThan) return { kind: "unchanged", revision };
    if (value === undefined) return { kind: "absent", why: "deleted", revision };
    return { kind: "value", value: value.slice(), revision, time };
  }

  async #put(
    name: string,
    key: string,
    value: Uint8Array,
    options: KvPutOptions = {},
  ): Promise<number> {
    await this.#enter(options);
    checkKey(key);
    if (value.length > this.#maxValue) {
      const why = `${value.length} bytes, and the store takes ${this.#maxValue}`;
      throw new KvError(`Cannot put key "${key}": it has ${why}`, { code: "too_large" });
    }
    return this.#add(this.#content(name), key, value.slice(), options.previousRevision);
  }

  async #delete(name: string, key: string, options?: KvOptions): Promise<void> {
    await this.#enter(options);
    checkKey(key);
    this.#add(this.#content(name), key, undefined);
  }

  #add(content: Content, key: string, value: Uint8Array | undefined, previous?: number): number {
    const revisions = content.keys.get(key) ?? [];
    const newest = revisions.at(-1);
    const current = newest?.value === undefined ? 0 : newest.revision;
    if (previous !== undefined && previous !== current && previous !== newest?.revision) {
      const why = `revision ${current} is newest, and ${previous} was expected`;
      throw new KvError(`Cannot put key "${key}": ${why}`, { code: "conflict" });
    }
    const revision = ++content.sequence;
    revisions.push({ revision, time: this.#now(), value });
    content.keys.set(key, revisions.slice(-content.info.history));
    this.wake();
    return revision;
  }

  async #history(name: string, key: string, options?: KvOptions): Promise<readonly KvRevision[]> {
    await this.#enter(options);
    checkKey(key);
    return [...this.#content(name).keys.get(key) ?? []];
  }

  async *#changes({ signal }: KvChangesOptions): AsyncIterable<void> {
    const latch = new Latch();
    const ring = () => latch.ring();
    this.#listeners.add(ring);
    try {
      yield* wakeUps(latch, { signal });
    } finally {
      this.#listeners.delete(ring);
    }
  }
}

function checkKey(key: string): void {
  if (isKeyName(key)) return;
  throw new KvError(`Cannot use key "${key}": not a key name`, { code: "bad_key" });
}
