/** Where events go. Never throws, never blocks; drops the oldest when the world is away. */
export interface EventSink {
  /** Hands one event over. */
  publish(event: PublishedEvent): void;
}

/** An event on its way out: a subject, and a CloudEvents 1.0 body as JSON can carry it. */
export interface PublishedEvent {
  /** For example `choria.machine.transition`. */
  readonly subject: string;
  /** The CloudEvent. */
  readonly body: Readonly<Record<string, unknown>>;
}
