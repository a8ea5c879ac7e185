/**
 * A wake-up that folds: however often it is rung before somebody waits, one wait resolves. For one waiter.
 *
 * @example
 * ```ts
 * import { Latch } from "./latch.ts";
 *
 * const latch = new Latch();
 * latch.ring();
 * latch.ring();
 * await latch.wait();
 * if (latch.rung) throw new Error("unexpected");
 * ```
 */
export class Latch {
  #rung = false;
  #wake: (() => void) | undefined;

  /** Whether a ring waits to be heard. */
  get rung(): boolean {
    return this.#rung;
  }

  /** Wakes whoever waits, or the next who does. */
  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves once rung, and takes the ring; rejects with `signal.reason` when aborted. */
  wait(options: LatchWaitOptions = {}): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#rung) {
      this.#rung = false;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (this.#wake === wake) this.#wake = undefined;
        signal?.removeEventListener("abort", abort);
      };
      const wake = (): void => {
        leave();
        this.#rung = false;
        resolve();
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      this.#wake = wake;
      signal?.addEventListener("abort", abort, { once: true });
    });
  }
}

/** Options of {@linkcode Latch.wait}. */
export interface LatchWaitOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
}
