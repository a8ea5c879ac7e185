import type { EventSink, PublishedEvent } from "../ports/events.ts";
import type { Log } from "../ports/log.ts";

/** Events that a {@linkcode FanOut} holds while they are handed over, at most. */
export const MAX_QUEUED_EVENTS = 1_000;

/** Options of {@linkcode FanOut}. */
export interface FanOutOptions {
  /** Where a sink that throws is complained of. */
  readonly log: Log;
  /**
   * Events kept while nobody is there to take them; the oldest are dropped.
   * @default {MAX_QUEUED_EVENTS}
   */
  readonly limit?: number;
}

/**
 * Hands every event to several sinks. Events that are published before the first sink is there, or by a sink
 * while it takes one, wait in a bounded queue. A sink that throws does not keep the others from theirs.
 */
export class FanOut implements EventSink {
  readonly #log: Log;
  readonly #limit: number;
  readonly #sinks = new Set<EventSink>();
  #queue: PublishedEvent[] = [];
  #draining = false;
  #dropped = 0;

  /** Has no sinks yet. */
  constructor(options: FanOutOptions) {
    this.#log = options.log;
    this.#limit = options.limit ?? MAX_QUEUED_EVENTS;
  }

  /** Events that were dropped because nobody took them in time. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds a sink, which gets what waits; disposing the answer takes it out again. */
  add(sink: EventSink): Disposable {
    this.#sinks.add(sink);
    this.#drain();
    return { [Symbol.dispose]: () => void this.#sinks.delete(sink) };
  }

  /** Hands one event to every sink, now or when there is one. */
  publish(event: PublishedEvent): void {
    this.#queue.push(event);
    if (this.#queue.length > this.#limit) {
      this.#queue.shift();
      this.#dropped++;
    }
    this.#drain();
  }

  #drain(): void {
    if (this.#draining || this.#sinks.size === 0) return;
    this.#draining = true;
    try {
      while (this.#sinks.size > 0) {
        const batch = this.#queue;
        if (batch.length === 0) return;
        this.#queue = [];
        for (const event of batch) this.#deliver(event);
      }
    } finally {
      this.#draining = false;
    }
  }

  #deliver(event: PublishedEvent): void {
    for (const sink of [...this.#sinks]) {
      try {
        sink.publish(event);
      } catch (error) {
        // A sink promises not to throw; one that does is broken, the world around it is not.
        const reason = error instanceof Error ? error.message : String(error);
        this.#log.error("An event sink failed", { subject: event.subject, reason });
      }
    }
  }
}
