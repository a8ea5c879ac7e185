import type { Latch } from "./latch.ts";

/** Options of {@linkcode wakeUps}. */
export interface WakeUpsOptions {
  /** Ends the iteration, quietly. */
  readonly signal: AbortSignal;
}

/** One wake-up now, and one after every ring of `latch`, folded while nobody asks. Never throws. */
export async function* wakeUps(latch: Latch, options: WakeUpsOptions): AsyncGenerator<void> {
  const { signal } = options;
  if (signal.aborted) return;
  yield;
  while (!signal.aborted) {
    try {
      await latch.wait({ signal });
    } catch {
      return;
    }
    yield;
  }
}
