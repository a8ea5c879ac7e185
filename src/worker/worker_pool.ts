import type { Clock } from "../ports/clock.ts";
import { Slots } from "../util/slots.ts";
import { WorkerThread } from "./worker_thread.ts";

/** Workers that may be alive at a time. */
export const MAX_WORKERS = 4;
/** Milliseconds that a worker waits for more work before it gives its memory back. */
const IDLE_MS = 2000;

/** Lends workers, and ends those that nobody needs any more. */
export class WorkerPool implements Disposable {
  readonly #clock: Pick<Clock, "sleep">;
  readonly #slots = new Slots(MAX_WORKERS);
  readonly #idle: { readonly thread: WorkerThread; readonly stop: AbortController }[] = [];
  #closed = false;

  constructor(clock: Pick<Clock, "sleep">) {
    this.#clock = clock;
  }

  /** Workers that wait for work. */
  get idle(): number {
    return this.#idle.length;
  }

  /** Runs `task` with a worker of its own. */
  run<T>(task: (thread: WorkerThread) => Promise<T>): Promise<T> {
    return this.#slots.run(async () => {
      const thread = this.#take();
      try {
        return await task(thread);
      } finally {
        this.#giveBack(thread);
      }
    });
  }

  /** Ends all that are idle, and the others as soon as they are. */
  [Symbol.dispose](): void {
    this.#closed = true;
    for (const { thread, stop } of this.#idle.splice(0)) {
      stop.abort();
      thread[Symbol.dispose]();
    }
  }

  #take(): WorkerThread {
    const waiting = this.#idle.pop();
    waiting?.stop.abort();
    return waiting?.thread ?? new WorkerThread();
  }

  #giveBack(thread: WorkerThread): void {
    if (this.#closed || !thread.alive) return thread[Symbol.dispose]();
    const entry = { thread, stop: new AbortController() };
    this.#idle.push(entry);
    this.#clock.sleep(IDLE_MS, { signal: entry.stop.signal }).then(() => {
      const at = this.#idle.indexOf(entry);
      if (at >= 0) this.#idle.splice(at, 1);
      thread[Symbol.dispose]();
    }, () => {
      // Taken again, or ended with the pool.
    });
  }
}
