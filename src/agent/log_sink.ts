import { TRANSITION_SUBJECT } from "../events/event.ts";
import type { EventSink, PublishedEvent } from "../ports/events.ts";
import type { Log, LogFields } from "../ports/log.ts";

/** Codes of commands that did run: each such failure is news of its own. */
const RAN: ReadonlySet<unknown> = new Set(["exit", "timeout", "output_json", "output_too_large"]);

/** Turns what agents tell the world into lines for people: what was deployed, repaired, purged, and what fails. */
export class LogSink implements EventSink {
  readonly #log: Log;
  /** Why commands are not run, by machine and watcher, as it was told last. */
  readonly #refused = new Map<string, string>();

  /** Writes to `log`. */
  constructor(log: Log) {
    this.#log = log;
  }

  publish({ subject, body }: PublishedEvent): void {
    // Machines log their transitions themselves.
    if (subject === TRANSITION_SUBJECT) return;
    const data = record(body["data"]);
    const { machine, name: watcher, type, state, code, reason } = data;
    const isNews = type !== "exec" || this.#isNews(data);
    if (type === "archive" && state === "downloaded") {
      const message = data["repaired"] === undefined ? "Deployed" : "Repaired";
      this.#log.info(message, { machine: data["creates"], reason });
    } else if (type === "machines" && state === "updated") {
      this.#tellSet(data);
    } else if (state === "error" && type !== "machines" && isNews) {
      // What a signed list is refused for is logged where it is refused.
      this.#log.warn("A watcher has failed", defined({ machine, watcher, type, code, reason }));
    } else {
      this.#log.debug("A watcher has looked", defined({ machine, watcher, type, state, reason }));
    }
  }

  /** A command that may not run is asked for again and again, twice a second perhaps: one line is enough. */
  #isNews(
    { id, machine, name, state, code, reason }: Readonly<Record<string, unknown>>,
  ): boolean {
    const key = JSON.stringify([machine, name]);
    if (state !== "error" || RAN.has(code)) {
      this.#refused.delete(key);
      return true;
    }
    const why = JSON.stringify([id, code, reason]);
    const isNews = this.#refused.get(key) !== why;
    this.#refused.set(key, why);
    return isNews;
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
