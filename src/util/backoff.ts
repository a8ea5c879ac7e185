/** Options of {@linkcode backoff}. */
export interface BackoffOptions {
  /** Upper end of the first wait, milliseconds. */
  readonly baseMs: number;
  /** Upper end of any wait, milliseconds. */
  readonly maxMs: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /**
   * Shortest wait, milliseconds.
   * @default {0}
   */
  readonly minMs?: number;
}

/**
 * Milliseconds to wait before another try, with full jitter: a random share of `baseMs` doubled for every
 * earlier failure, at most `maxMs`. `attempt` counts failures so far, from 1.
 */
export function backoff(attempt: number, options: BackoffOptions): number {
  const { baseMs, maxMs, random, minMs = 0 } = options;
  const doublings = Math.min(Math.max(0, Math.floor(attempt) - 1), 52);
  const ceiling = Math.min(maxMs, baseMs * 2 ** doublings);
  return Math.max(minMs, Math.floor(random() * ceiling));
}
