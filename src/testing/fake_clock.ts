import { setImmediate } from "node:timers";
import type { Clock, SleepOptions } from "../ports/clock.ts";

/** Options of {@linkcode FakeClock}. */
export interface FakeClockOptions {
  /**
   * Wall-clock time at the start, milliseconds since the epoch.
   * @default {1767225600000} 2026-01-01T00:00:00Z
   */
  readonly now?: number;
}

/** Options of {@linkcode FakeClock.until}. */
export interface UntilOptions {
  /**
   * Milliseconds of fake time after which the wait fails.
   * @default {86400000}
   */
  readonly limitMs?: number;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Turns of the event loop that count as "everything that could proceed without time has proceeded". */
const SETTLE_TURNS = 10;

/** Real turns that {@linkcode FakeClock.until} waits for the world outside when nobody sleeps. */
const IDLE_TURNS = 200_000;

/**
 * Time that stands still until it is told to move.
 *
 * Every wake-up is followed by whole turns of the event loop, so that a chain of awaits, however
 * long, has run to its next sleep before time moves on. Work outside of the process or on other threads
 * (files, sockets, `crypto.subtle`) takes real time: {@linkcode FakeClock.until} waits for that as well.
 */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  #sleepers: Sleeper[] = [];

  /** Stands still until {@linkcode advance} or {@linkcode until} move it. */
  constructor(options: FakeClockOptions = {}) {
    this.#now = options.now ?? Date.UTC(2026, 0, 1);
  }

  /** How many sleeps are waiting. */
  get waiting(): number {
    return this.#sleepers.length;
  }

  /** Milliseconds until the next sleep ends, undefined when nobody sleeps. */
  get nextIn(): number | undefined {
    const first = this.#sleepers[0];
    return first === undefined ? undefined : first.at - this.#monotonic;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  sleep(ms: number, options: SleepOptions = {}): Promise<void> {
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const sleeper: Sleeper = {
        at: this.#monotonic + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      const abort = () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", abort, { once: true });
      const index = this.#sleepers.findIndex((other) => other.at > sleeper.at);
      this.#sleepers.splice(index < 0 ? this.#sleepers.length : index, 0, sleeper);
    });
  }

  /** Moves time, stopping at every sleep that ends on the way so that what follows it can run. */
  async advance(ms: number): Promise<void> {
    const target = this.#monotonic + ms;
    await this.settle();
    for (;;) {
      const next = this.#sleepers[0];
      if (next === undefined || next.at > target) break;
      await this.#wake(next);
    }
    this.#move(target);
    await this.settle();
  }

  /** Moves from sleep to sleep until `promise` has settled; its value, or its rejection. */
  async until<T>(promise: Promise<T>, options: UntilOptions = {}): Promise<T> {
    const limit = this.#monotonic + (options.limitMs ?? 86_400_000);
    let settled = false;
    const finish = () => {
      settled = true;
    };
    promise.then(finish, finish);
    let idle = 0;
    await this.settle();
    while (!settled) {
      const next = this.#sleepers[0];
      if (next === undefined) {
        if (++idle > IDLE_TURNS) throw new Error("Cannot wait for a promise: nobody sleeps");
        await turn();
        continue;
      }
      if (next.at > limit) throw new Error(`Cannot wait for a promise: it is still pending`);
      await this.#wake(next);
    }
    return await promise;
  }

  /** Lets everything run that needs no time. */
  async settle(): Promise<void> {
    for (let i = 0; i < SETTLE_TURNS; i++) await turn();
  }

  /** Moves only the wall clock, as an administrator or a suspended laptop does. */
  jump(ms: number): void {
    this.#now += ms;
  }

  async #wake(next: Sleeper): Promise<void> {
    this.#sleepers.shift();
    this.#move(next.at);
    next.wake();
    await this.settle();
  }

  #move(target: number): void {
    if (target <= this.#monotonic) return;
    this.#now += target - this.#monotonic;
    this.#monotonic = target;
  }
}

/** One whole turn of the event loop: all microtasks, and the input that was ready. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
