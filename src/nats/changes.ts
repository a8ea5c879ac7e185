import type { NatsConnection, Subscription } from "@nats-io/nats-core";
import type { KvChangesOptions } from "../ports/kv.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { Latch } from "../util/latch.ts";
import { wakeUps } from "../util/wake_ups.ts";
import { explainNats } from "./errors.ts";
import { askApi } from "./jetstream.ts";
import type { NatsLink } from "./link.ts";
import { mapSubject, type Republish, republishSubject } from "./republish.ts";

/** Which key of which bucket is listened to. */
export interface NatsChanges {
  /** The connection. */
  readonly link: NatsLink;
  /** The bucket. */
  readonly bucket: string;
  /** The key. */
  readonly key: string;
  /** Called before each wake-up: what is known may be old. */
  readonly onHint: () => void;
  /** Tells a listener whenever a get shows that the bucket is gone or another one, until disposed. */
  readonly onAnew: (listener: () => void) => Disposable;
}

/** Milliseconds between two looks at the bucket's own settings, where nothing shows that they are others. */
const LOOK_MS = 10 * 60_000;

/**
 * Wake-ups for a key: core subscriptions, which cost the server next to nothing and leave nothing behind when
 * a node dies, where a consumer for each node costs five times as much. They are hints: they can be lost and
 * forged, and whoever hears one asks the store.
 */
export async function* natsChanges(
  what: NatsChanges,
  { signal, subject }: KvChangesOptions,
): AsyncIterable<void> {
  if (signal.aborted) return;
  using scope = new AbortScope(signal, what.link.closed);
  const latch = new Latch();
  const hint = () => {
    what.onHint();
    latch.ring();
  };
  using _connects = what.link.onConnect(hint);
  const listening = listen(what, { hint, subject, signal: scope.signal });
  try {
    yield* wakeUps(latch, { signal: scope.signal });
  } finally {
    scope.abort();
    await listening;
  }
}

interface ListenOptions {
  readonly hint: () => void;
  readonly subject: string | undefined;
  readonly signal: AbortSignal;
}

/** Keeps the subscriptions as they should be, over every connection, until `signal` aborts. */
async function listen(what: NatsChanges, options: ListenOptions): Promise<void> {
  const { link } = what;
  const lookAgain = new Latch();
  const ring = () => lookAgain.ring();
  using _connects = link.onConnect(ring);
  using _anew = what.onAnew(ring);
  let current: { connection: NatsConnection; subjects: Map<string, Subscription> } | undefined;
  while (!options.signal.aborted) {
    try {
      const connection = await link.use(options.signal);
      const wanted = await subjects(what, options);
      if (current?.connection !== connection) current = { connection, subjects: new Map() };
      if (link.connection === connection && adjust(current, wanted, what, options)) options.hint();
    } catch {
      // Not connected, or going down: the next connection rings.
    }
    await rungOrLate(lookAgain, link, options.signal);
  }
  for (const subscription of current?.subjects.values() ?? []) subscription.unsubscribe();
}

/** Subscribes to what is missing and leaves what is too much. True when something new is listened to. */
function adjust(
  current: { connection: NatsConnection; subjects: Map<string, Subscription> },
  wanted: readonly string[],
  what: NatsChanges,
  { hint }: ListenOptions,
): boolean {
  let added = false;
  for (const [subject, subscription] of current.subjects) {
    if (wanted.includes(subject)) continue;
    subscription.unsubscribe();
    current.subjects.delete(subject);
  }
  for (const subject of wanted) {
    if (current.subjects.has(subject)) continue;
    const callback = (error: Error | null) => {
      if (error === null) return hint();
      const { why } = explainNats(error);
      what.link.ports.log.debug("Changes of a key are not told", { subject, why });
    };
    current.subjects.set(subject, current.connection.subscribe(subject, { callback }));
    added = true;
  }
  return added;
}

/**
 * What to listen to: the subject that was given, or where the bucket's own settings republish to, or the
 * bucket's own subject. Who may not read the settings listens to the usual two.
 */
async function subjects(what: NatsChanges, options: ListenOptions): Promise<readonly string[]> {
  const { link, bucket, key } = what;
  if (options.subject !== undefined) return [options.subject];
  const own = `$KV.${bucket}.${key}`;
  const usual = [republishSubject(bucket, key), own];
  try {
    const { failure, value } = await askApi(link, {
      subject: `STREAM.INFO.KV_${bucket}`,
      signal: options.signal,
    });
    if (failure !== undefined) return usual;
    const { republish } = value["config"] as { republish?: Republish };
    if (republish === undefined) return [own];
    const mapped = mapSubject(republish, own);
    return mapped === undefined ? [own] : [mapped];
  } catch {
    options.signal.throwIfAborted();
    return usual;
  }
}

async function rungOrLate(latch: Latch, link: NatsLink, signal: AbortSignal): Promise<void> {
  using scope = new AbortScope(signal);
  const waits = [latch.wait(scope), link.ports.clock.sleep(LOOK_MS, scope)];
  await Promise.race(waits).catch(() => {});
  scope.abort();
  await Promise.allSettled(waits);
}
