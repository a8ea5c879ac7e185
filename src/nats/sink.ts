import type { EventSink, PublishedEvent } from "../ports/events.ts";
import type { NatsLink } from "./link.ts";

/** Options of {@linkcode NatsSink}. */
export interface NatsSinkOptions {
  /**
   * Events kept while there is no connection; the oldest are dropped.
   * @default {1000}
   */
  readonly limit?: number;
}

/**
 * Events on core NATS, as CloudEvents in JSON. Never waits and never fails: while there is no connection the
 * newest events are kept, and sent once there is one.
 */
export class NatsSink implements EventSink, AsyncDisposable {
  readonly #link: NatsLink;
  readonly #limit: number;
  readonly #listening: Disposable;
  #waiting: PublishedEvent[] = [];
  #dropped = 0;

  /** A sink over a connection of {@linkcode connectNats}. */
  constructor(link: NatsLink, options: NatsSinkOptions = {}) {
    this.#link = link;
    this.#limit = options.limit ?? 1_000;
    this.#listening = link.onConnect(() => this.#flush());
  }

  /** Events that were lost: too many, too large, or impossible to write down. */
  get dropped(): number {
    return this.#dropped;
  }

  publish(event: PublishedEvent): void {
    if (this.#link.closed.aborted) return;
    if (this.#waiting.length > 0 || !this.#send(event)) this.#keep(event);
  }

  /** Stops sending; events that wait are given up. The connection stays. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    this.#waiting = [];
    return Promise.resolve();
  }

  #keep(event: PublishedEvent): void {
    this.#waiting.push(event);
    if (this.#waiting.length <= this.#limit) return;
    this.#waiting.shift();
    this.#dropped++;
  }

  #flush(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const event of waiting) this.publish(event);
  }

  /** False when there is no connection to send it on. */
  #send({ subject, body }: PublishedEvent): boolean {
    const { connection } = this.#link;
    if (connection === undefined || connection.isClosed()) return false;
    try {
      connection.publish(subject, JSON.stringify(body));
    } catch {
      // Too large for the server, not a subject, or not JSON: no later try would help.
      this.#dropped++;
    }
    return true;
  }
}
