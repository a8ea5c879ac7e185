import type { Clock } from "../ports/clock.ts";
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
import type { Log } from "../ports/log.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { backoff } from "../util/backoff.ts";

/** Options of {@linkcode BackgroundKv}. */
export interface BackgroundKvOptions {
  /** Reaches the store once. Tried again until it works. */
  readonly connect: (options: { readonly signal: AbortSignal }) => Promise<Kv>;
  /** Time. */
  readonly clock: Clock;
  /** Hears about failures, once each time that the reason changes. */
  readonly log: Log;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /**
   * How long a call waits for a store that was never reached, milliseconds.
   * @default {3_000}
   */
  readonly patienceMs?: number;
}

/** Milliseconds between tries to reach the store, at first and at most. */
const RETRY = { baseMs: 500, maxMs: 30_000, minMs: 100 } as const;

/**
 * A store that is reached in the background, for ever: whoever has it can start without it. Until then calls
 * reject as `unreachable`, after some patience, and whoever listens for changes is told once it is there.
 */
export class BackgroundKv implements Kv {
  readonly #options: BackgroundKvOptions;
  readonly #stop = new AbortController();
  readonly #first = Promise.withResolvers<Kv>();
  #running: Promise<void> | undefined;
  #reached = false;
  #reason = "it was not reached yet";

  constructor(options: BackgroundKvOptions) {
    this.#options = options;
    this.#first.promise.catch(() => {});
  }

  /** Whether the store was reached at least once. */
  get reached(): boolean {
    return this.#reached;
  }

  /** Begins to connect; once is enough, and calls begin it by themselves. */
  start(): void {
    this.#running ??= this.#connect();
  }

  bucket(name: string): KvBucket {
    return new BackgroundBucket(name, (signal, patienceMs) => this.wait(signal, patienceMs));
  }

  async createBucket(name: string, options: CreateBucketOptions = {}): Promise<BucketInfo> {
    return await (await this.wait(options.signal)).createBucket(name, options);
  }

  /** The store itself. Rejects with KvError `unreachable` when patience ends first. */
  async wait(signal?: AbortSignal, patienceMs = this.#options.patienceMs ?? 3_000): Promise<Kv> {
    signal?.throwIfAborted();
    this.start();
    if (this.#reached) return await this.#first.promise;
    using scope = new AbortScope(this.#stop.signal, ...signal === undefined ? [] : [signal]);
    const late = patienceMs === Infinity
      ? new Promise<never>((_, reject) => {
        scope.signal.addEventListener("abort", () => reject(scope.signal.reason), { once: true });
      })
      : this.#options.clock.sleep(patienceMs, { signal: scope.signal });
    const kv = await Promise.race([this.#first.promise, late]);
    if (kv !== undefined) {
      late.catch(() => {});
      return kv;
    }
    throw new KvError(`Cannot reach the store: ${this.#reason}`, { code: "unreachable" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new KvError("Cannot use the store: it was closed", { code: "closed" }));
    await this.#running;
    if (this.#reached) await (await this.#first.promise)[Symbol.asyncDispose]();
  }

  async #connect(): Promise<void> {
    const { connect, clock, log, random } = this.#options;
    const { signal } = this.#stop;
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        const kv = await connect({ signal });
        this.#reached = true;
        this.#first.resolve(kv);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        if (reason !== this.#reason) log.warn("The store cannot be reached, trying on", { reason });
        this.#reason = reason;
      }
      await clock.sleep(backoff(attempt, { ...RETRY, random }), { signal }).catch(() => {});
    }
  }
}

/** A bucket of a store that may not be there yet. */
class BackgroundBucket implements KvBucket {
  readonly #name: string;
  readonly #wait: (signal?: AbortSignal, patienceMs?: number) => Promise<Kv>;

  constructor(
    name: string,
    wait: (signal?: AbortSignal, patienceMs?: number) => Promise<Kv>,
  ) {
    this.#name = name;
    this.#wait = wait;
  }

  async get(key: string, options: KvGetOptions = {}): Promise<KvResult> {
    return await (await this.#bucket(options.signal)).get(key, options);
  }

  async put(key: string, value: Uint8Array, options: KvPutOptions = {}): Promise<number> {
    return await (await this.#bucket(options.signal)).put(key, value, options);
  }

  async delete(key: string, options: KvOptions = {}): Promise<void> {
    await (await this.#bucket(options.signal)).delete(key, options);
  }

  async history(key: string, options: KvOptions = {}): Promise<readonly KvRevision[]> {
    return await (await this.#bucket(options.signal)).history(key, options);
  }

  async *changes(key: string, options: KvChangesOptions): AsyncIterable<void> {
    let kv: Kv;
    try {
      kv = await this.#wait(options.signal, Infinity);
    } catch {
      return;
    }
    // Whoever asked before had no answer: that is news by itself.
    yield;
    yield* kv.bucket(this.#name).changes(key, options);
  }

  async #bucket(signal: AbortSignal | undefined): Promise<KvBucket> {
    return (await this.#wait(signal)).bucket(this.#name);
  }
}
