import { duration, flag } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type { Data, Outcome, WatchContext, Watcher, WatcherPace } from "../machine/watcher.ts";
import type { Ports } from "../ports/ports.ts";

/** The ports that {@linkcode TimerWatcher} uses. */
export type TimerPorts = Pick<Ports, "clock" | "log" | "random">;

const MINIMUM_MS = 1_000;

const PROPERTIES = {
  timer: duration().default(0),
  splay: flag().default(false),
};

const RUNNING = { result: "unchanged", state: "running", reason: "the time is running" } as const;
const STOPPED = {
  result: "unchanged",
  state: "stopped",
  reason: "only a state begins it",
} as const;

/** Counts down while its machine stays in a state; the end of the time fires `fail_transition`. */
export class TimerWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "timer";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: TimerPorts): TimerWatcher {
    return new TimerWatcher(properties, ports);
  }

  /** Milliseconds that it counts down from. */
  readonly ms: number;
  /** How the loop treats this type. */
  readonly pace: WatcherPace = {};
  readonly #ports: TimerPorts;
  #endsAt = Infinity;

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: TimerPorts) {
    const { timer, splay } = readProperties(properties, PROPERTIES, { log: ports.log });
    const whole = Math.max(MINIMUM_MS, timer);
    this.ms = splay ? Math.floor(ports.random() * whole) : whole;
    this.#ports = ports;
  }

  /** A state begins the time anew; leaving it, the loop forgets when to look again. */
  watch(context: WatchContext): Promise<Outcome> {
    const now = this.#ports.clock.monotonic();
    const details = { timer: Math.round(this.ms * 1e6) };
    if (context.cause === "start" || context.cause === "state") {
      this.#endsAt = now + this.ms;
      return Promise.resolve({ ...RUNNING, announce: true, again: this.ms, details });
    }
    const left = this.#endsAt - now;
    if (left === Infinity) return Promise.resolve({ ...STOPPED, details });
    if (left > 0) return Promise.resolve({ ...RUNNING, again: left, details });
    this.#endsAt = Infinity;
    const reason = "the time is over";
    return Promise.resolve({ result: "failure", state: "stopped", reason, details });
  }
}
