import { TRANSITION_SUBJECT } from "../events/event.ts";
import type { EventSink, PublishedEvent } from "../ports/events.ts";
import type { Log } from "../ports/log.ts";

/** Watcher states that say nothing new: they go to the debug level. */
const QUIET: ReadonlySet<unknown> = new Set(["unchanged", "verified", "skipped", "unknown"]);

/** Turns what agents tell the world into lines of the log: what was deployed, repaired, purged and entered. */
export class LogSink implements EventSink {
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  publish({ subject, body }: PublishedEvent): void {
    const data = record(body["data"]);
    if (subject === TRANSITION_SUBJECT) {
      const { machine, transition, from_state, to_state } = data;
      this.#log.info("Machine changed its state", {
        machine,
        event: transition,
        from: from_state,
        to: to_state,
      });
      return;
    }
    const { machine, name, type, state, code, reason } = data;
    const fields = { machine, watcher: name, type, state, code, reason };
    if (state === "error") this.#log.warn("Watcher failed", fields);
    else if (type === "archive" && state === "downloaded") {
      const repaired = data["repaired"] !== undefined;
      this.#log.info(repaired ? "Repaired" : "Deployed", { name: data["creates"], reason });
    } else if (type === "machines" && state === "updated") {
      this.#log.info("Specification applied", { reason, ...named(data, "written", "removed") });
    } else if (QUIET.has(state)) this.#log.debug("Watcher looked", fields);
    else this.#log.info("Watcher looked", fields);
  }
}

function named(data: Readonly<Record<string, unknown>>, ...keys: readonly string[]) {
  return Object.fromEntries(
    keys.filter((key) => Array.isArray(data[key])).map((key) => [key, data[key]]),
  );
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
