import { flag, oneOf, text } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type {
  Data,
  Outcome,
  WakeOptions,
  WatchContext,
  Watcher,
  WatcherPace,
} from "../machine/watcher.ts";
import { type KvBucket, KvError, type KvResult } from "../ports/kv.ts";
import type { Ports } from "../ports/ports.ts";
import { backoff } from "../util/backoff.ts";
import { jsonEqual } from "../util/json_equal.ts";
import { checkLookupPath, lookup } from "../util/lookup.ts";
import { expand, failure, failureOf } from "./failure.ts";
import { KvSubscription } from "./kv_subscription.ts";
import { KvValueError, type KvValueErrorCode, readKvValue } from "./kv_value.ts";

/** The ports that {@linkcode KvWatcher} uses. */
export type KvPorts = Pick<Ports, "clock" | "kv" | "log" | "random">;

/** Interval when the manifest gives none: the reference panics there. */
const DEFAULT_INTERVAL_MS = 60_000;
const MINIMUM_INTERVAL_MS = 500;

/** Every so many looks the value itself is asked for: a bucket that was made anew counts from 1 again. */
const FULL_EVERY = 10;

/** A hint may be ahead of the replica that answered: one more look, this much later at most. */
const SECOND_LOOK_MS = 3_000;

const PROPERTIES = {
  bucket: text().required(),
  key: text().required(),
  mode: oneOf("poll", "watch").default("poll"),
  bucket_prefix: flag().default(true),
  on_successful_get: flag().default(false),
  on_matching_update: flag().default(false),
  store_key: text().default(""),
  query: text().check(pathProblem).default(""),
  hiera_config: flag().default(false),
  republish_trigger: text().default(""),
};

/** What the last get that counted showed. */
interface Seen {
  readonly key: string;
  readonly revision: number;
  readonly time: number;
  readonly value?: unknown;
  /** Set when the value could not be read; the machine kept what it had. */
  readonly refused?: { readonly code: KvValueErrorCode; readonly reason: string };
}

/** Keys of one look, templates expanded. */
interface Names {
  readonly key: string;
  readonly item: string;
}

/** Copies the value of one key of a store's bucket into its machine's data. */
export class KvWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "kv";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: KvPorts): KvWatcher {
    return new KvWatcher(properties, ports);
  }

  /** How the loop treats this type. */
  readonly pace: WatcherPace = { defaultMs: DEFAULT_INTERVAL_MS, minimumMs: MINIMUM_INTERVAL_MS };
  /** Wake-ups of the store, in mode `watch` or with a republish trigger. */
  readonly wakes?: (options: WakeOptions) => AsyncIterable<void>;
  readonly #properties: ReturnType<typeof readKvProperties>;
  readonly #ports: KvPorts;
  readonly #bucket: KvBucket;
  readonly #subscription: KvSubscription;
  #key: string | undefined;
  #seen: Seen | undefined;
  #gotAt: number | undefined;
  #sinceFull = 0;
  #failures = 0;

  /** Throws TypeError or RangeError naming the property. */
  constructor(properties: Data, ports: KvPorts) {
    this.#properties = readKvProperties(properties, ports);
    this.#ports = ports;
    this.#bucket = ports.kv.bucket(this.#properties.bucket);
    const { mode, key, republish_trigger: subject } = this.#properties;
    this.#subscription = new KvSubscription(this.#bucket, { key, subject });
    if (mode === "watch" || subject !== "") {
      this.wakes = (options) => this.#subscription.wakes(options);
    }
  }

  /** Looks at the key once. */
  async watch(context: WatchContext): Promise<Outcome> {
    let names: Names;
    try {
      names = await this.#names(context);
    } catch (error) {
      context.signal.throwIfAborted();
      return this.#outcome(context, failureOf(error));
    }
    this.#key = names.key;
    this.#subscription.follow(names.key);
    const newerThan = this.#newerThan(names, context);
    let found: KvResult;
    try {
      found = await this.#bucket.get(names.key, {
        signal: context.signal,
        ...(newerThan === undefined ? {} : { newerThan }),
      });
    } catch (error) {
      context.signal.throwIfAborted();
      return this.#outcome(context, this.#unreachable(error));
    }
    // What is remembered below counts only when the outcome does.
    context.signal.throwIfAborted();
    this.#failures = 0;
    this.#sinceFull = newerThan === undefined ? 0 : this.#sinceFull + 1;
    return this.#outcome(context, this.#decide(found, names, context));
  }

  async #names(context: WatchContext): Promise<Names> {
    const { bucket, bucket_prefix, store_key } = this.#properties;
    const { template } = context;
    const key = await expand("key", { text: this.#properties.key, template });
    const stored = store_key === ""
      ? key
      : await expand("store_key", { text: store_key, template });
    return { key, item: bucket_prefix ? `${bucket}_${stored}` : stored };
  }

  /** The revision to compare with, or undefined when the value itself is wanted. */
  #newerThan(names: Names, context: WatchContext): number | undefined {
    const seen = this.#seen;
    if (seen === undefined || seen.key !== names.key || context.cause === "wake") return undefined;
    if (this.#sinceFull + 1 >= FULL_EVERY) return undefined;
    // An outcome may have been dropped, or another watcher may have written the item: then get it again.
    const kept = seen.refused !== undefined ||
      jsonEqual(itemOf(context.data, names.item), seen.value);
    return kept ? seen.revision : undefined;
  }

  #decide(found: KvResult, names: Names, context: WatchContext): Outcome {
    const stored = itemOf(context.data, names.item);
    const settled = this.#gotRecently(context);
    this.#gotAt = this.#ports.clock.monotonic();
    if (found.kind === "absent") return this.#absent(found.why, names, stored);
    const seen = this.#seen?.key === names.key ? this.#seen : undefined;
    const stale = found.kind === "value" && seen !== undefined &&
      found.revision < seen.revision && found.time <= seen.time;
    if (stale || found.kind === "unchanged") {
      return seen?.refused === undefined
        ? this.#same(stale ? "an older revision answered" : undefined, settled)
        : failure(seen.refused.code, seen.refused.reason);
    }
    return this.#read(found, names, { stored, settled, before: seen?.revision ?? 0 });
  }

  #read(
    found: KvResult & { readonly kind: "value" },
    names: Names,
    known: { readonly stored: unknown; readonly settled: boolean; readonly before: number },
  ): Outcome {
    const { revision, time } = found;
    const { key, item } = names;
    let value: unknown;
    try {
      value = this.#query(readKvValue(found.value));
    } catch (error) {
      if (!(error instanceof KvValueError)) throw error;
      const refused = { code: error.code, reason: error.message };
      this.#seen = { key, revision, time, refused };
      return failure(refused.code, refused.reason);
    }
    this.#seen = { key, revision, time, value };
    if (value === undefined) return this.#dropped(item, known.stored, "the query finds nothing");
    if (!jsonEqual(value, known.stored)) {
      return changed(`revision ${revision} of key "${key}" stored as "${item}"`, { [item]: value });
    }
    if (this.#properties.on_matching_update && known.before > 0 && revision > known.before) {
      return changed(`revision ${revision} of key "${key}" has the same value`);
    }
    return this.#same(undefined, known.settled);
  }

  #query(value: unknown): unknown {
    const { query } = this.#properties;
    const isDocument = typeof value === "object" && value !== null && !Array.isArray(value);
    if (query === "" || !isDocument) return value;
    const found = lookup(value, query);
    return found.found ? found.value : undefined;
  }

  #same(note: string | undefined, settled: boolean): Outcome {
    const reason = note ?? "the store has nothing new";
    if (this.#properties.on_successful_get && !settled) return changed(reason);
    return { result: "unchanged", state: "unchanged", reason };
  }

  #absent(why: "no_bucket" | "no_key" | "deleted", names: Names, stored: unknown): Outcome {
    const { bucket } = this.#properties;
    if (why === "no_bucket") return failure("no_bucket", `bucket "${bucket}" does not exist`);
    this.#seen = undefined;
    const reason = why === "deleted" ? "was deleted" : "does not exist";
    return this.#dropped(names.item, stored, `key "${names.key}" ${reason}`);
  }

  #dropped(item: string, stored: unknown, reason: string): Outcome {
    return stored === undefined
      ? { result: "unchanged", state: "unchanged", reason }
      : changed(`${reason}: "${item}" dropped`, { [item]: undefined });
  }

  /** As the reference: a state change soon after a get is no reason to tell of a successful one again. */
  #gotRecently(context: WatchContext): boolean {
    const { intervalMs = DEFAULT_INTERVAL_MS } = context.watcher;
    return context.cause !== "interval" && context.cause !== "start" &&
      this.#gotAt !== undefined && this.#ports.clock.monotonic() - this.#gotAt < intervalMs;
  }

  #unreachable(error: unknown): Outcome {
    if (!(error instanceof KvError)) throw error;
    const code = error.code === "no_bucket" ? error.code : `store_${error.code}`;
    if (error.code !== "unreachable") return failure(code, error.message);
    const { random } = this.#ports;
    const again = backoff(++this.#failures, { baseMs: 5_000, maxMs: 60_000, minMs: 500, random });
    return { ...failure(code, error.message), again };
  }

  /** Adds what events tell; announces a failure once and not at every look that repeats it. */
  #outcome(context: WatchContext, outcome: Outcome): Outcome {
    const { bucket, mode } = this.#properties;
    const repeated = outcome.result === "failure" && context.previous?.result === "failure" &&
      outcome.code === context.previous.code;
    const again = context.cause === "wake" && outcome.result === "unchanged"
      ? { again: Math.ceil(SECOND_LOOK_MS * (0.2 + 0.8 * this.#ports.random())) }
      : {};
    return {
      ...again,
      ...outcome,
      ...(repeated ? { announce: false } : {}),
      details: {
        bucket,
        ...(this.#key === undefined ? {} : { key: this.#key }),
        mode,
        ...(this.#seen === undefined ? {} : { revision: this.#seen.revision }),
      },
    };
  }
}

function readKvProperties(properties: Data, ports: Pick<Ports, "log">) {
  const read = readProperties(properties, PROPERTIES, { log: ports.log });
  if (read.hiera_config) {
    throw new RangeError('Cannot use property "hiera_config": hiera data is not supported');
  }
  return read;
}

function itemOf(data: Data, item: string): unknown {
  return Object.hasOwn(data, item) ? data[item] : undefined;
}

function pathProblem(path: string): string | undefined {
  try {
    checkLookupPath(path);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function changed(reason: string, data?: Data): Outcome {
  return { result: "success", state: "changed", reason, ...(data === undefined ? {} : { data }) };
}
