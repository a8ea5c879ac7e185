/** Time, as the domain sees it: everything that waits or stamps asks this port. */
export interface Clock {
  /** Wall-clock time in milliseconds since the epoch; may jump. Only for stamps and expiry. */
  now(): number;
  /** Milliseconds on a clock that never goes back. For measuring and for intervals. */
  monotonic(): number;
  /** Resolves after `ms` milliseconds; rejects with `signal.reason` when aborted. */
  sleep(ms: number, options?: SleepOptions): Promise<void>;
}

/** Options of {@linkcode Clock.sleep}. */
export interface SleepOptions {
  /** Ends the wait early. */
  readonly signal?: AbortSignal;
}
