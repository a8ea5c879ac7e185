import { KvError } from "../ports/kv.ts";
import { NatsKv } from "./kv.ts";
import { NatsLink, type NatsStatus } from "./link.ts";
import { type NatsMessage, natsMessages } from "./messages.ts";
import { NatsObjects } from "./objects.ts";
import type { NatsOptions, NatsWorldPorts } from "./options.ts";
import { parseServerUrl } from "./server_url.ts";
import { NatsSink } from "./sink.ts";

/** The world through NATS, over one connection. Disposing it, or its store, closes the connection. */
export interface NatsWorld extends AsyncDisposable {
  /** The key-value store. */
  readonly kv: NatsKv;
  /** Where events go. */
  readonly events: NatsSink;
  /** The object store. */
  readonly objects: NatsObjects;
  /** What is published on a subject, until `signal` aborts. */
  messages(
    subject: string,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<NatsMessage>;
  /** Whether there is a connection, and why not. */
  readonly status: NatsStatus;
  /** Waits for the first attempt to connect; rejects with KvError when it failed. It is tried on all the same. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Calls `listener` after every connection that is made, until disposed. */
  onConnect(listener: () => void): Disposable;
}

/**
 * Begins to connect to NATS and returns at once: the connection is made in the background, and made again for
 * ever. Until it stands every call rejects with KvError. Throws only for settings that can never work
 * (SyntaxError for a URL, RangeError without one).
 */
export function connectNats(options: NatsOptions, ports: NatsWorldPorts): Promise<NatsWorld> {
  return new Promise((resolve) => resolve(openNats(options, ports)));
}

function openNats(options: NatsOptions, ports: NatsWorldPorts): NatsWorld {
  if (options.servers.length === 0) {
    throw new RangeError("Cannot connect to NATS: no server is given");
  }
  for (const server of options.servers) parseServerUrl(server);
  const link = new NatsLink(options, ports);
  const events = new NatsSink(link);
  link.start();
  return {
    kv: new NatsKv(link),
    events,
    objects: new NatsObjects(link),
    messages: (subject, options) => natsMessages(link, subject, options),
    get status() {
      return link.status;
    },
    async ready({ signal } = {}) {
      const connection = await link.use(signal);
      if (connection.isClosed()) {
        throw new KvError("Cannot reach NATS: the connection was lost", { code: "unreachable" });
      }
    },
    onConnect: (listener) => link.onConnect(listener),
    async [Symbol.asyncDispose]() {
      await events[Symbol.asyncDispose]();
      await link[Symbol.asyncDispose]();
    },
  };
}
