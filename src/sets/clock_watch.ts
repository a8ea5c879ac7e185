import type { Clock } from "../ports/clock.ts";

/** A jump of the wall clock against the monotonic one that no suspended laptop explains: a year. */
const MAX_JUMP_MS = 366 * 86_400_000;

/**
 * Says whether the wall clock can be believed. What is decided by it only ever stops change, so a doubt means
 * not to decide.
 */
export class ClockWatch {
  readonly #clock: Clock;
  #offset: number | undefined;

  /** Looks at nothing before it is asked. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether the time is before `floor`, or has jumped by more than a year since it could be believed. */
  suspect(floor: number): boolean {
    const now = this.#clock.now();
    if (now < floor) return true;
    const elapsed = this.#clock.monotonic();
    // Compared with the first time that could be believed; a time that a list has proven wrong could not.
    if (this.#offset === undefined || this.#offset + elapsed < floor) this.#offset = now - elapsed;
    return Math.abs(now - elapsed - this.#offset) > MAX_JUMP_MS;
  }
}
