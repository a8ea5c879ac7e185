import { TRANSITION_SUBJECT } from "../events/event.ts";
import type { EventSink, PublishedEvent } from "../ports/events.ts";
import type { Log, LogFields } from "../ports/log.ts";

/** Turns what agents tell the world into lines for people: what was deployed, repaired, purged, and what fails. */
export class LogSink implements EventSink {
  readonly #log: Log;

  /** Writes to `log`. */
  constructor(log: Log) {
    this.#log = log;
  }

  publish({ subject, body }: PublishedEvent): void {
    // Machines log their transitions themselves.
    if (subject === TRANSITION_SUBJECT) return;
    const data = record(body["data"]);
    const { machine, name: watcher, type, state, code, reason } = data;
    if (type === "archive" && state === "downloaded") {
      const message = data["repaired"] === undefined ? "Deployed" : "Repaired";
      this.#log.info(message, { machine: data["creates"], reason });
    } else if (type === "machines" && state === "updated") {
      this.#tellSet(data);
    } else if (state === "error" && type !== "machines") {
      // What a signed list is refused for is logged where it is refused.
      this.#log.warn("A watcher has failed", defined({ machine, watcher, type, code, reason }));
    } else {
      this.#log.debug("A watcher has looked", defined({ machine, watcher, type, state, reason }));
    }
  }

  #tellSet({ written, removed }: Readonly<Record<string, unknown>>): void {
    for (const machine of names(written)) this.#log.info("Wanted", { machine });
    for (const machine of names(removed)) this.#log.info("Purged", { machine });
  }
}

function names(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function defined(fields: LogFields): LogFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}
