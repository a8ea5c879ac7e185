import type { Clock, SleepOptions } from "../ports/clock.ts";

/** Longest single timer: the runtime turns anything above 2^31-1 ms into 1 ms. */
const LONGEST_TIMER_MS = 0x7fffffff;

/** The machine's own time. */
export class DenoClock implements Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }

  async sleep(ms: number, options: SleepOptions = {}): Promise<void> {
    const end = this.monotonic() + ms;
    let left = ms;
    do {
      await timer(Math.min(left, LONGEST_TIMER_MS), options.signal);
      left = end - this.monotonic();
    } while (left > LONGEST_TIMER_MS);
  }
}

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(id);
      reject(signal?.reason);
    };
    const id = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, Math.max(0, ms));
    signal?.addEventListener("abort", abort, { once: true });
  });
}
