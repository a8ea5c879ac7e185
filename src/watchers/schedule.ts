import { duration, flag, text, texts } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type {
  Data,
  Outcome,
  WakeOptions,
  WatchContext,
  Watcher,
  WatcherPace,
} from "../machine/watcher.ts";
import type { Ports } from "../ports/ports.ts";
import { ScheduleWindows } from "./schedule_windows.ts";

/** The ports that {@linkcode ScheduleWatcher} uses. */
export type SchedulePorts = Pick<Ports, "clock" | "log" | "random">;

const MINIMUM_DURATION_MS = 1_000;
const DEFAULT_DURATION_MS = 60_000;

/** Looks are no further apart than this, so that a wall clock that was set is noticed. */
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
  #looked = false;

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

  /** Tells when a window has opened, or the last open one has closed, since the last look. */
  watch(context: WatchContext): Promise<Outcome> {
    // A machine that was in another state until now has been skipped, as the reference calls it.
    if (context.cause === "state" && !this.#looked) this.#told = "skipped";
    this.#looked = true;
    const now = this.#ports.clock.now();
    const until = this.#windows.openUntil(now);
    const change = until ?? this.#windows.opensAt(now) ?? Infinity;
    const again = Math.min(Math.max(1, change - now), LONGEST_SLEEP_MS);
    return Promise.resolve({ ...this.#tell(until === undefined ? "off" : "on"), again });
  }

  /** Wakes nobody: its signal is how a watcher hears that its machine has left its states. */
  // deno-lint-ignore require-yield -- there is nothing to wake for
  async *wakes({ signal }: WakeOptions): AsyncGenerator<void, void, void> {
    await new Promise<void>((resolve) => {
      const leave = () => {
        this.#told = "skipped";
        resolve();
      };
      signal.addEventListener("abort", leave, { once: true });
      if (signal.aborted) leave();
    });
  }

  #tell(state: "on" | "off"): Outcome {
    const before = this.#told;
    if (before === "unknown" && state === "off") {
      return { result: "unchanged", state: "unknown", reason: "no window has opened yet" };
    }
    const reason = state === "on" ? "a window is open" : "no window is open";
    this.#told = state;
    if (before === state) return { result: "unchanged", state, reason };
    if (state === "off") return { result: "failure", state, reason };
    if (before === "skipped" && this.#skipOnReenter) {
      return { result: "unchanged", state, reason: `${reason}, as before the machine was away` };
    }
    return { result: "success", state, reason };
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
