import { type EventOrigin, transitionEvent, watcherEvent } from "../events/event.ts";
import type { Ports } from "../ports/ports.ts";
import type { MachineDefinition } from "./definition.ts";
import type { WatcherLoop } from "./loop.ts";
import type { Data } from "./watcher.ts";

/** Options of {@linkcode Herald}. */
export interface HeraldOptions {
  /** The machine that speaks. */
  readonly definition: Pick<MachineDefinition, "name" | "version">;
  /** Id of this run of the machine. */
  readonly instance: string;
  /** Time, the node's name, and who listens. */
  readonly ports: Pick<Ports, "clock" | "events" | "node">;
}

/** Publishes what one machine has to tell. */
export class Herald {
  readonly #options: HeraldOptions;

  /** Says nothing yet. */
  constructor(options: HeraldOptions) {
    this.#options = options;
  }

  /** The machine has entered another state. */
  transition(
    moved: { readonly event: string; readonly from: string; readonly to: string },
  ): void {
    const { event: transition, from, to } = moved;
    const { events } = this.#options.ports;
    events.publish(transitionEvent(this.#origin(), { transition, from, to }));
  }

  /** What a watcher found last. */
  watcher(loop: WatcherLoop): void {
    const { name, type } = loop.watcher.definition;
    const last = loop.last;
    const outcome = last?.outcome;
    const state = outcome === undefined
      ? "unknown"
      : outcome.state ?? (outcome.result === "failure" ? "error" : outcome.result);
    const extra: Data = {
      state,
      previous_outcome: state,
      // The reference counts nanoseconds.
      previous_run_time: Math.round((last?.tookMs ?? 0) * 1e6),
      ...(outcome === undefined ? {} : { reason: outcome.reason }),
      ...(outcome?.code === undefined ? {} : { code: outcome.code }),
      ...outcome?.details,
    };
    this.#options.ports.events.publish(watcherEvent(this.#origin(), { name, type, extra }));
  }

  #origin(): EventOrigin {
    const { definition, instance, ports: { clock, node } } = this.#options;
    const { name: machine, version } = definition;
    return { identity: node.identity, instance, machine, version, time: clock.now() };
  }
}
