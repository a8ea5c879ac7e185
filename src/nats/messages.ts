import { AbortScope } from "../util/abort_scope.ts";
import { Latch } from "../util/latch.ts";
import type { NatsLink } from "./link.ts";

/** A message as it came. */
export interface NatsMessage {
  /** Its subject. */
  readonly subject: string;
  /** Its payload. */
  readonly data: Uint8Array;
}

/**
 * What is published on a subject (wildcards allowed), over every connection that is made, until `signal` aborts.
 * Core NATS: what passes while there is no connection is lost.
 */
export async function* natsMessages(
  link: NatsLink,
  subject: string,
  { signal }: { readonly signal: AbortSignal },
): AsyncIterable<NatsMessage> {
  using scope = new AbortScope(signal, link.closed);
  const latch = new Latch();
  using _connects = link.onConnect(() => latch.ring());
  while (!scope.signal.aborted) {
    const { connection } = link;
    if (connection === undefined || connection.isClosed()) {
      await latch.wait({ signal: scope.signal }).catch(() => {});
      continue;
    }
    const subscription = connection.subscribe(subject);
    const end = () => subscription.unsubscribe();
    scope.signal.addEventListener("abort", end, { once: true });
    try {
      for await (const message of subscription) {
        yield { subject: message.subject, data: message.data };
      }
    } finally {
      scope.signal.removeEventListener("abort", end);
      end();
    }
    // A lost connection ends the subscription a moment before the link knows.
    await latch.wait({ signal: scope.signal }).catch(() => {});
  }
}
