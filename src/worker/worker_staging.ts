import type { StagedTree, Staging, StagingOptions } from "../archive/staging.ts";
import { type BufferPool, isPooled } from "../util/buffer_pool.ts";
import type { WorkerPool } from "./worker_pool.ts";
import type { WorkerThread } from "./worker_thread.ts";

/** Bytes that may be on their way to the worker before `write` waits. */
const WINDOW_BYTES = 2 * 1024 * 1024;

/** A staging whose work is done in a worker; bytes are handed over, not copied. */
export class WorkerStaging implements Staging {
  readonly #pool: WorkerPool;
  readonly #options: StagingOptions;
  readonly #buffers: BufferPool | undefined;
  readonly #released = Promise.withResolvers<void>();
  #lease: Promise<WorkerThread> | undefined;
  #pending: { readonly bytes: number; readonly done: Promise<unknown> }[] = [];
  #inFlight = 0;

  /** Takes a worker only when there is something to do. */
  constructor(
    pool: WorkerPool,
    options: StagingOptions,
    how: { readonly buffers?: BufferPool } = {},
  ) {
    this.#pool = pool;
    this.#options = options;
    this.#buffers = how.buffers;
  }

  async readFrom(path: string): Promise<number> {
    const thread = await this.#thread();
    return await thread.ask({ kind: "read", path });
  }

  async write(bytes: Uint8Array): Promise<void> {
    const thread = await this.#thread();
    const own = isOwn(bytes) ? bytes : new Uint8Array(bytes);
    const size = own.length;
    const done = thread.ask({ kind: "write", bytes: own }, { transfer: [own.buffer] })
      .then((used) => this.#buffers?.give(used));
    // It is heard below, or by a later call.
    done.catch(() => {});
    this.#pending.push({ bytes: size, done });
    this.#inFlight += size;
    while (this.#inFlight > WINDOW_BYTES) await this.#settleOne();
  }

  async finish(): Promise<StagedTree> {
    const thread = await this.#thread();
    while (this.#pending.length > 0) await this.#settleOne();
    return await thread.ask({ kind: "finish" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#lease === undefined) return;
    try {
      const thread = await this.#lease;
      await thread.ask({ kind: "dispose" });
    } catch {
      // A worker that is gone has nothing open.
    }
    this.#released.resolve();
  }

  async #settleOne(): Promise<void> {
    const first = this.#pending.shift();
    if (first === undefined) return;
    this.#inFlight -= first.bytes;
    await first.done;
  }

  #thread(): Promise<WorkerThread> {
    this.#lease ??= this.#open();
    return this.#lease;
  }

  /** Keeps the worker until this is disposed. */
  async #open(): Promise<WorkerThread> {
    const lent = Promise.withResolvers<WorkerThread>();
    this.#pool.run((thread) => {
      lent.resolve(thread);
      return this.#released.promise;
    }).catch(lent.reject);
    const thread = await lent.promise;
    await thread.ask({ kind: "stage", options: this.#options });
    return thread;
  }
}

/** A view of a larger buffer that is not a pool's would take that buffer away from its owner. */
function isOwn(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const whole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return whole || isPooled(buffer);
}
