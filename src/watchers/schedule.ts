import { duration, flag, text, texts } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type { Data, Outcome, WatchContext, Watcher, WatcherPace } from "../machine/watcher.ts";
import type { Ports } from "../ports/ports.ts";
import { ScheduleWindows } from "./schedule_windows.ts";

/** The ports that {@linkcode ScheduleWatcher} uses. */
export type SchedulePorts = Pick<Ports, "clock" | "log" | "random">;

const MINIMUM_DURATION_MS = 1_000;
const DEFAULT_DURATION_MS = 60_000;

/** Sleeps are no longer than this, so that a wall clock that was set is noticed. */
const LONGEST_SLEEP_MS = 60_000;

const PROPERTIES = {
  schedules: texts().default([]),
  duration: duration().default(0),
  start_splay: duration().default(0),
  skip_trigger_on_reenter: flag().default(false),
  timezone: text(),
};

/** What was last told; `unknown` until the first window opens. */
type Told = "unknown" | "on" | "off" | "skipped";

/** Tells when windows given by cron patterns open and close. */
export class ScheduleWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "schedule";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: SchedulePorts): ScheduleWatcher {
    return new ScheduleWatcher(properties, ports);
  }

  /** How the loop treats this type. */
  readonly pace: WatcherPace = {};
  readonly #ports: SchedulePorts;
  readonly #windows: ScheduleWindows;
  readonly #skipOnReenter: boolean;
  #told: Told = "unknown";

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: SchedulePorts) {
    const read = readScheduleProperties(properties, ports);
    this.#ports = ports;
    this.#skipOnReenter = read.skip_trigger_on_reenter;
    this.#windows = new ScheduleWindows({
      schedules: read.schedules,
      durationMs: read.durationMs,
      offsetMs: Math.floor(ports.random() * read.start_splay),
      since: ports.clock.now(),
      ...(read.timezone === undefined ? {} : { timezone: read.timezone }),
    });
  }

  /** Ends when a window opens or the last open one has closed. */
  async watch(context: WatchContext): Promise<Outcome> {
    const { clock } = this.#ports;
    this.#enter(context);
    for (;;) {
      context.signal.throwIfAborted();
      const now = clock.now();
      const until = this.#windows.openUntil(now);
      const outcome = this.#tell(until === undefined ? "off" : "on");
      if (outcome !== undefined) return outcome;
      const change = until ?? this.#windows.opensAt(now) ?? Infinity;
      await clock.sleep(Math.min(Math.max(1, change - now), LONGEST_SLEEP_MS), context);
    }
  }

  #enter(context: WatchContext): void {
    if (context.cause === "state") this.#told = "skipped";
  }

  #tell(state: "on" | "off"): Outcome | undefined {
    const before = this.#told;
    if (before === state || before === "unknown" && state === "off") return undefined;
    this.#told = state;
    if (state === "off") return { result: "failure", state, reason: "no window is open" };
    if (before === "skipped" && this.#skipOnReenter) {
      const reason = "a window is open, which is not told again";
      return { result: "unchanged", state, reason };
    }
    return { result: "success", state, reason: "a window is open" };
  }
}

function readScheduleProperties(properties: Data, ports: Pick<Ports, "log">) {
  const read = readProperties(properties, PROPERTIES, { log: ports.log });
  if (read.schedules.length === 0) {
    throw new TypeError('Cannot read property "schedules": no schedules defined');
  }
  const durationMs = read.duration < MINIMUM_DURATION_MS ? DEFAULT_DURATION_MS : read.duration;
  if (read.start_splay > durationMs / 2) {
    throw new RangeError(
      `Cannot read property "start_splay": start splay ${read.start_splay} ms is bigger than half the duration ${durationMs} ms`,
    );
  }
  return { ...read, durationMs };
}
