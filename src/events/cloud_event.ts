/** What a {@linkcode cloudEvent} is made of. */
export interface CloudEventOptions {
  /** The protocol, which is the event's type. */
  readonly type: string;
  /** Identity of the node. */
  readonly identity: string;
  /** When it happened, milliseconds since the epoch. */
  readonly time: number;
  /** What happened. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** The `source` of all events that machines send. */
export const EVENT_SOURCE = "io.choria.machine";

/** A CloudEvents 1.0 body as the reference's machines send it, with an id of its own. */
export function cloudEvent(options: CloudEventOptions): Readonly<Record<string, unknown>> {
  return {
    specversion: "1.0",
    id: crypto.randomUUID(),
    source: EVENT_SOURCE,
    type: options.type,
    subject: options.identity,
    // The reference's events have whole seconds.
    time: new Date(options.time).toISOString().replace(/\.\d+Z$/, "Z"),
    datacontenttype: "application/json",
    data: options.data,
  };
}
