import type { PublishedEvent } from "../ports/events.ts";
import { cloudEvent } from "./cloud_event.ts";

/** Where transitions are published. */
export const TRANSITION_SUBJECT = "choria.machine.transition";
/** The protocol of transitions. */
export const TRANSITION_PROTOCOL = "io.choria.machine.v1.transition";

/** What all events say of their machine. */
export interface EventOrigin {
  /** Identity of the node. */
  readonly identity: string;
  /** Id of this run of the machine. */
  readonly instance: string;
  /** Name of the machine. */
  readonly machine: string;
  /** Version of the machine. */
  readonly version: string;
  /** When it happened, milliseconds since the epoch. */
  readonly time: number;
}

/** Options of {@linkcode transitionEvent}. */
export interface TransitionEventOptions {
  /** The event that was fired. */
  readonly transition: string;
  /** The state that was left. */
  readonly from: string;
  /** The state that was entered. */
  readonly to: string;
}

/** Options of {@linkcode watcherEvent}. */
export interface WatcherEventOptions {
  /** Type of the watcher. */
  readonly type: string;
  /** Name of the watcher. */
  readonly name: string;
  /** What the watcher's type adds to the common fields; cannot replace them. */
  readonly extra: Readonly<Record<string, unknown>>;
}

/** The subject to which the states of a watcher type are published. */
export function watcherSubject(type: string): string {
  return `choria.machine.watcher.${type}.state`;
}

/** The event of a machine that changed its state. */
export function transitionEvent(
  origin: EventOrigin,
  options: TransitionEventOptions,
): PublishedEvent {
  const data = {
    protocol: TRANSITION_PROTOCOL,
    identity: origin.identity,
    id: origin.instance,
    version: origin.version,
    timestamp: Math.floor(origin.time / 1_000),
    machine: origin.machine,
    transition: options.transition,
    from_state: options.from,
    to_state: options.to,
  };
  return { subject: TRANSITION_SUBJECT, body: wrap(origin, data) };
}

/** The event of a watcher that tells its state. */
export function watcherEvent(origin: EventOrigin, options: WatcherEventOptions): PublishedEvent {
  const data = {
    ...options.extra,
    protocol: `io.choria.machine.watcher.${options.type}.v1.state`,
    identity: origin.identity,
    id: origin.instance,
    version: origin.version,
    timestamp: Math.floor(origin.time / 1_000),
    type: options.type,
    machine: origin.machine,
    name: options.name,
  };
  return { subject: watcherSubject(options.type), body: wrap(origin, data) };
}

function wrap(
  origin: EventOrigin,
  data: Readonly<Record<string, unknown>> & { readonly protocol: string },
): Readonly<Record<string, unknown>> {
  const { identity, time } = origin;
  return cloudEvent({ type: data.protocol, identity, time, data });
}
