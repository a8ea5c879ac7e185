import { Cron } from "croner";

/** Options of {@linkcode ScheduleWindows}. */
export interface ScheduleWindowsOptions {
  /** Cron patterns with five fields, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. */
  readonly schedules: readonly string[];
  /** How long a window stays open, milliseconds. */
  readonly durationMs: number;
  /** How much later than its pattern each window opens here, milliseconds. */
  readonly offsetMs: number;
  /** Windows that opened earlier are not known: milliseconds since the epoch. */
  readonly since: number;
  /** IANA name of the time zone; the node's own when not given. */
  readonly timezone?: string;
}

/** When the windows of some cron patterns are open: pure arithmetic on wall-clock times. */
export class ScheduleWindows {
  readonly #options: ScheduleWindowsOptions;
  readonly #patterns: readonly Cron[];

  /** Throws RangeError for a pattern or time zone that is none. */
  constructor(options: ScheduleWindowsOptions) {
    this.#options = options;
    this.#patterns = options.schedules.map((schedule) => parse(schedule, options.timezone));
  }

  /** When the first of the windows open at `now` closes; undefined when none is open. */
  openUntil(now: number): number | undefined {
    const { durationMs, offsetMs, since } = this.#options;
    const at = now - offsetMs;
    let until: number | undefined;
    for (const pattern of this.#patterns) {
      const opened = next(pattern, Math.max(at - durationMs, since - offsetMs));
      if (opened === undefined || opened > at) continue;
      until = Math.min(until ?? Infinity, opened + durationMs + offsetMs);
    }
    return until;
  }

  /** When the next window opens after `now`; undefined when none ever does. */
  opensAt(now: number): number | undefined {
    const { offsetMs } = this.#options;
    const times = this.#patterns.map((pattern) => next(pattern, now - offsetMs))
      .filter((time) => time !== undefined);
    return times.length === 0 ? undefined : Math.min(...times) + offsetMs;
  }
}

/** The first time after `time` that matches; undefined when none does. */
function next(pattern: Cron, time: number): number | undefined {
  return pattern.nextRun(new Date(time))?.getTime();
}

function parse(schedule: string, timezone: string | undefined): Cron {
  try {
    const cron = new Cron(schedule, {
      mode: "5-part",
      paused: true,
      ...(timezone === undefined ? {} : { timezone }),
    });
    // A time zone is looked at only when a time is asked for.
    cron.nextRun(new Date(0));
    return cron;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`Cannot use schedule "${schedule}": ${why}`, { cause });
  }
}
