import type { Data, Outcome } from "./watcher.ts";

/** One machine as of now. */
export interface MachineStatus {
  /** Name in the manifest. */
  readonly name: string;
  /** Version in the manifest. */
  readonly version: string;
  /** Current state. */
  readonly state: string;
  /** Id of this run. */
  readonly instance: string;
  /** When its watchers began, milliseconds since the epoch; undefined before. */
  readonly startedAt: number | undefined;
  /** Absolute path of its directory. */
  readonly directory: string;
  /** Events that are possible now, sorted. */
  readonly availableTransitions: readonly string[];
  /** Its watchers, in the order of the manifest. */
  readonly watchers: readonly WatcherStatus[];
}

/** One watcher as of now. */
export interface WatcherStatus {
  /** Name in the manifest. */
  readonly name: string;
  /** Its type. */
  readonly type: string;
  /** Whether it looks in the machine's present state. */
  readonly active: boolean;
  /** Whether it is looking, or will at once: what it says may be of before the newest data. */
  readonly pending: boolean;
  /** Looks that counted. */
  readonly looks: number;
  /** What the last look that counted found; undefined before the first. */
  readonly outcome: OutcomeStatus | undefined;
  /** When that was, milliseconds since the epoch. */
  readonly at: number | undefined;
  /** How long that took, milliseconds. */
  readonly tookMs: number | undefined;
}

/** An outcome without what is kept in the machine's data. */
export interface OutcomeStatus {
  /** How it went. */
  readonly result: Outcome["result"];
  /** One line for people. */
  readonly reason: string;
  /** Stable reason for machines. */
  readonly code?: string;
  /** The watcher's own word for its state. */
  readonly state?: string;
  /** More, as in the event. */
  readonly details?: Data;
}

/** What a status may show of an outcome: not the data, which may be large or secret. */
export function outcomeStatus(outcome: Outcome): OutcomeStatus {
  const { result, reason, code, state, details } = outcome;
  return {
    result,
    reason,
    ...(code === undefined ? {} : { code }),
    ...(state === undefined ? {} : { state }),
    ...(details === undefined ? {} : { details }),
  };
}
