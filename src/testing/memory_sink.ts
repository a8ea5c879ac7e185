import type { EventSink, PublishedEvent } from "../ports/events.ts";

/** Picks the events that somebody waits for. */
export type EventFilter = (event: PublishedEvent) => boolean;

interface Waiter {
  readonly filter: EventFilter;
  readonly resolve: (event: PublishedEvent) => void;
}

/** Events kept in memory. Tests wait for an event, never for a time. */
export class MemorySink implements EventSink {
  #events: PublishedEvent[] = [];
  #waiters: Waiter[] = [];

  /** Everything that was published, oldest first. */
  get events(): readonly PublishedEvent[] {
    return this.#events;
  }

  /** Forgets what was published; who waits goes on waiting. */
  clear(): void {
    this.#events = [];
  }

  publish(event: PublishedEvent): void {
    this.#events.push(event);
    const ready = this.#waiters.filter((waiter) => waiter.filter(event));
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter));
    for (const waiter of ready) waiter.resolve(event);
  }

  /** The first event that `filter` picks, among those published already and those to come. */
  first(filter: EventFilter): Promise<PublishedEvent> {
    const found = this.#events.find(filter);
    return found === undefined ? this.next(filter) : Promise.resolve(found);
  }

  /** The next event to come that `filter` picks. */
  next(filter: EventFilter = () => true): Promise<PublishedEvent> {
    return new Promise((resolve) => this.#waiters.push({ filter, resolve }));
  }
}
