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

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: TimerPorts) {
    const { timer, splay } = readProperties(properties, PROPERTIES, { log: ports.log });
    const whole = Math.max(MINIMUM_MS, timer);
    this.ms = splay ? Math.floor(ports.random() * whole) : whole;
    this.#ports = ports;
  }

  /** Ends when the time has: leaving the state aborts the look, and coming back begins another. */
  async watch(context: WatchContext): Promise<Outcome> {
    const details = { timer: Math.round(this.ms * 1e6) };
    if (context.cause !== "start" && context.cause !== "state") {
      const reason = "only a state begins a timer";
      return { result: "unchanged", state: "stopped", reason, details, announce: false };
    }
    await this.#ports.clock.sleep(this.ms, { signal: context.signal });
    return { result: "failure", state: "stopped", reason: "the time is over", details };
  }
}
