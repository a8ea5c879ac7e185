import { AbortScope } from "./abort_scope.ts";
import { Latch } from "./latch.ts";

/** Options of {@linkcode mergeWakes} and {@linkcode firstOf}. */
export interface RaceOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * One stream of wake-ups out of several: yields whenever one of them does, folding what nobody waited for.
 * Ends, without an error, when `signal` aborts or all sources have ended; the first source that throws ends
 * it with its error. Waits for its sources to end.
 */
export async function* mergeWakes(
  sources: readonly ((signal: AbortSignal) => AsyncIterable<void>)[],
  options: RaceOptions,
): AsyncGenerator<void, void, void> {
  using scope = new AbortScope(options.signal);
  const latch = new Latch();
  let pending = false;
  let live = sources.length;
  let failed: { readonly error: unknown } | undefined;
  const pump = async (source: (signal: AbortSignal) => AsyncIterable<void>): Promise<void> => {
    try {
      for await (const _ of source(scope.signal)) {
        pending = true;
        latch.ring();
      }
    } catch (error) {
      if (!scope.signal.aborted) failed ??= { error };
    } finally {
      live--;
      latch.ring();
    }
  };
  const pumps = Promise.all(sources.map(pump));
  try {
    for (;;) {
      if (pending) {
        pending = false;
        yield;
      } else if (failed !== undefined) {
        throw failed.error;
      } else if (live === 0 || scope.signal.aborted) {
        return;
      } else {
        await latch.wait({ signal: scope.signal }).catch(() => {});
      }
    }
  } finally {
    scope.abort();
    await pumps;
  }
}

/**
 * The first of several waits to settle; the others are aborted through the signal that each was given, and
 * their ends are not waited for.
 */
export async function firstOf<T>(
  waits: readonly ((signal: AbortSignal) => Promise<T>)[],
  options: RaceOptions,
): Promise<T> {
  options.signal.throwIfAborted();
  using scope = new AbortScope(options.signal);
  return await Promise.race(waits.map((wait) => wait(scope.signal)));
}
