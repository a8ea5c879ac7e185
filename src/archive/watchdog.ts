import type { Clock } from "../ports/clock.ts";
import { ArchiveError } from "./errors.ts";

/** Milliseconds without a byte. */
export const IDLE_MS = 30_000;
/** Bytes a second that must come, on average over {@linkcode RATE_WINDOW_MS} of waiting. */
export const MINIMUM_RATE = 1024;
/** Milliseconds of waiting after which the rate is looked at. */
export const RATE_WINDOW_MS = 60_000;
/** Milliseconds for a whole download when nobody says otherwise. */
export const TOTAL_MS = 15 * 60_000;
/** Milliseconds between two looks. */
const STEP_MS = 1000;

/** Options of {@linkcode Watchdog}. */
export interface WatchdogOptions {
  /** Time. */
  readonly clock: Clock;
  /** Ends the download from outside. */
  readonly signal: AbortSignal;
  /**
   * Whole time, milliseconds.
   * @default {TOTAL_MS}
   */
  readonly totalMs?: number;
}

/** Ends a download that is too slow. Only time spent waiting for bytes counts as slow, not time spent with them. */
export class Watchdog implements Disposable {
  readonly #clock: Clock;
  readonly #outer: AbortSignal;
  readonly #deadline: number;
  readonly #abort = new AbortController();
  readonly #failed: Promise<never>;
  readonly #follow: () => void;
  #waitingSince: number | undefined;
  #waited = 0;
  #bytes = 0;

  constructor(options: WatchdogOptions) {
    const { clock, signal, totalMs = TOTAL_MS } = options;
    this.#clock = clock;
    this.#outer = signal;
    this.#deadline = clock.monotonic() + totalMs;
    this.#follow = () => this.#abort.abort(signal.reason);
    const failed = Promise.withResolvers<never>();
    this.#failed = failed.promise;
    this.#failed.catch(() => {});
    this.#abort.signal.addEventListener("abort", () => failed.reject(this.#abort.signal.reason), {
      once: true,
    });
    if (signal.aborted) this.#follow();
    else signal.addEventListener("abort", this.#follow, { once: true });
  }

  /** Aborts when the download must end; its reason is what went wrong. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Waits for what the other side has to do; rejects when that takes too long. */
  async wait<T>(promise: Promise<T>): Promise<T> {
    this.#abort.signal.throwIfAborted();
    this.#waitingSince = this.#clock.monotonic();
    if (!this.#running) this.#run();
    try {
      return await Promise.race([promise, this.#failed]);
    } finally {
      this.#waited += this.#clock.monotonic() - (this.#waitingSince ?? 0);
      this.#waitingSince = undefined;
    }
  }

  /** Counts bytes that came. */
  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#waited < RATE_WINDOW_MS) return;
    this.#checkRate(this.#waited);
    this.#waited = 0;
    this.#bytes = 0;
  }

  [Symbol.dispose](): void {
    this.#outer.removeEventListener("abort", this.#follow);
    this.#abort.abort(new TypeError("Cannot wait for download: it has ended"));
  }

  #running = false;

  async #run(): Promise<void> {
    this.#running = true;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(STEP_MS, { signal });
      } catch {
        return;
      }
      this.#look();
    }
  }

  #look(): void {
    const now = this.#clock.monotonic();
    if (now >= this.#deadline) this.#end("timeout", "it takes longer than the time it has");
    if (this.#waitingSince === undefined) return;
    const waiting = now - this.#waitingSince;
    if (waiting >= IDLE_MS) this.#end("slow", `nothing came for ${IDLE_MS / 1000} seconds`);
    // One step later than bytes that come are counted: those of this very moment must not be missed.
    const waited = this.#waited + waiting;
    if (waited >= RATE_WINDOW_MS + STEP_MS) this.#checkRate(waited);
  }

  #checkRate(waited: number): void {
    if (this.#bytes * 1000 >= MINIMUM_RATE * waited) return;
    this.#end("slow", `less than ${MINIMUM_RATE} bytes a second came`);
  }

  #end(code: "slow" | "timeout", why: string): void {
    this.#abort.abort(new ArchiveError(`Cannot download archive: ${why}`, { code }));
  }
}
