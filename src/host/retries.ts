import type { Clock } from "../ports/clock.ts";
import { backoff } from "../util/backoff.ts";
import type { HostProblem } from "./hosted_machine.ts";

/** Waits between tries to start what failed or crashed, milliseconds. */
const WAITS = { minMs: 1_000, baseMs: 2_000, maxMs: 120_000 };

/** Options of {@linkcode Retries}. */
export interface RetriesOptions {
  /** Time. */
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Why something does not run, how often it has failed, and when to try again. */
export class Retries {
  readonly #options: RetriesOptions;
  #problem: HostProblem | undefined;
  #attempts = 0;
  #dueAt: number | undefined;

  /** Nothing has failed yet, and no try is due. */
  constructor(options: RetriesOptions) {
    this.#options = options;
  }

  /** Why it does not run, if it does not. */
  get problem(): HostProblem | undefined {
    return this.#problem;
  }

  /** When a try is due, on the monotonic clock; undefined: none is. */
  get dueAt(): number | undefined {
    return this.#dueAt;
  }

  /** Whether a try is due now. */
  get isDue(): boolean {
    return this.#dueAt !== undefined && this.#options.clock.monotonic() >= this.#dueAt;
  }

  /** A try is due at once, and the first failure after it counts as the first. */
  reset(): void {
    this.#problem = undefined;
    this.#attempts = 0;
    this.#dueAt = this.#options.clock.monotonic();
  }

  /** Earlier failures do not count any more. */
  forgive(): void {
    this.#attempts = 0;
  }

  /** The try that was due is being made. */
  take(): void {
    this.#dueAt = undefined;
  }

  /** There is nothing to complain of, and nothing to try again. */
  clear(): void {
    this.#problem = undefined;
    this.#dueAt = undefined;
  }

  /** It has failed; `isFinal`: another try is of use only after a reset. */
  fail(error: unknown, options: { readonly isFinal?: boolean } = {}): HostProblem {
    const { clock, random } = this.#options;
    this.#attempts++;
    const wait = options.isFinal === true
      ? undefined
      : backoff(this.#attempts, { ...WAITS, random });
    this.#dueAt = wait === undefined ? undefined : clock.monotonic() + wait;
    const retryAt = wait === undefined ? undefined : clock.now() + wait;
    this.#problem = { ...describe(error), attempts: this.#attempts, retryAt };
    return this.#problem;
  }
}

/** Code and reason of an error, or of a verdict that says no. */
function describe(error: unknown): { readonly code: string; readonly reason: string } {
  if (typeof error !== "object" || error === null) {
    return { code: "crashed", reason: String(error) };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : "crashed";
  if (error instanceof Error) return { code, reason: error.message };
  return { code, reason: "reason" in error ? String(error.reason) : "it has failed" };
}
