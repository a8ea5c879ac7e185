import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { backoff } from "../util/backoff.ts";
import { isAbort } from "../util/run_all.ts";
import type { MachineFacts, Watcher } from "./watcher.ts";

/** Shortest and longest wait before hints are listened to again, milliseconds. */
const RETRY = { minMs: 500, baseMs: 1_000, maxMs: 60_000 };

/** Options of {@linkcode driveHints}. */
export interface DriveHintsOptions {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Time. */
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Where trouble is told. */
  readonly log: Log;
  /** The machine that listens. */
  readonly machine: MachineFacts;
  /** Expands a template. */
  readonly template: (text: string) => Promise<string>;
  /** Called for every hint. */
  readonly onHint: () => void;
}

/**
 * Listens to a watcher's own wake-ups until `signal` aborts; then it resolves. A stream that breaks or ends
 * early is opened again after a jittered back-off: intervals go on meanwhile, so nothing is lost but time.
 */
export async function driveHints(watcher: Watcher, options: DriveHintsOptions): Promise<void> {
  const { signal, clock, random, log, machine, template } = options;
  let attempt = 0;
  while (!signal.aborted) {
    try {
      for await (const _ of watcher.wakes?.({ signal, template, machine }) ?? []) {
        if (signal.aborted) return;
        attempt = 0;
        options.onHint();
      }
      if (!signal.aborted) log.warn("The wake-ups of a watcher have ended early");
    } catch (error) {
      if (signal.aborted && isAbort(error, signal)) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn("The wake-ups of a watcher have failed", { reason });
    }
    attempt++;
    try {
      await clock.sleep(backoff(attempt, { ...RETRY, random }), { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
