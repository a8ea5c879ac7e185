import {
  type KvBucket,
  type KvChangesOptions,
  KvError,
  type KvGetOptions,
  type KvOptions,
  type KvPutOptions,
  type KvResult,
  type KvRevision,
} from "../ports/kv.ts";
import { isKeyName } from "../util/kv_names.ts";
import { natsChanges } from "./changes.ts";
import { explainNats, natsError } from "./errors.ts";
import { ask, jetStreamError, readAnswer } from "./jetstream.ts";
import type { NatsLink } from "./link.ts";
import { KeyMemory } from "./memory.ts";
import { type Found, isSilence, type ReadOptions, StreamReader } from "./reader.ts";
import type { Stored } from "./stored.ts";

/** Milliseconds between the questions to replicas while they seem to lag behind. */
const LAG_WAITS = [25, 50, 100, 200] as const;

/** Milliseconds for an answer that can be done without; nobody answers for a bucket that is no more. */
const CHEAP_MS = 1_000;

/** A JetStream KV bucket. */
export class NatsBucket implements KvBucket {
  readonly #link: NatsLink;
  readonly #name: string;
  readonly #reader: StreamReader;
  readonly #memories = new Map<string, KeyMemory>();
  readonly #anew = new Set<() => void>();
  #conditional = true;
  #informed = true;

  constructor(link: NatsLink, name: string) {
    this.#link = link;
    this.#name = name;
    this.#reader = new StreamReader(link, `KV_${name}`);
  }

  async get(key: string, options: KvGetOptions = {}): Promise<KvResult> {
    const what = this.#enter("get", key, options);
    const { newerThan, revision, signal } = options;
    const memory = this.#memory(key);
    const read: ReadOptions = { what, signal };
    if (revision !== undefined) return await this.#one(key, revision, read);
    const cheap = newerThan !== undefined && memory.mayAskCheaply(this.#link.generation);
    if (cheap && await this.#isUnchanged(key, newerThan, { memory, read })) {
      memory.unchanged();
      return { kind: "unchanged", revision: newerThan };
    }
    return this.#result(await this.#newest(key, newerThan ?? 0, read), { memory, newerThan, what });
  }

  async put(key: string, value: Uint8Array, options: KvPutOptions = {}): Promise<number> {
    const what = this.#enter("put", key, options);
    const { previousRevision, signal } = options;
    if (previousRevision === undefined) return await this.#write(key, { value, what, signal });
    const expected = previousRevision === 0
      ? await this.#vacant(key, { what, signal })
      : previousRevision;
    const headers = { "Nats-Expected-Last-Subject-Sequence": String(expected) };
    return await this.#write(key, { value, headers, what, signal });
  }

  async delete(key: string, options: KvOptions = {}): Promise<void> {
    const what = this.#enter("delete", key, options);
    const headers = { "KV-Operation": "DEL" };
    await this.#write(key, { value: new Uint8Array(), headers, what, signal: options.signal });
  }

  async history(key: string, options: KvOptions = {}): Promise<readonly KvRevision[]> {
    const what = this.#enter("list", key, options);
    const read = { what, signal: options.signal };
    const revisions: KvRevision[] = [];
    for (let seq = 1;;) {
      const found = await this.#reader.read({ seq, next_by_subj: this.#subject(key) }, read);
      if (found === "no_bucket") throw noBucket(what);
      if (found === "none") return revisions;
      const { revision, time, value } = found;
      revisions.push({ revision, time, value });
      seq = revision + 1;
    }
  }

  changes(key: string, options: KvChangesOptions): AsyncIterable<void> {
    const memory = this.#memory(key);
    return natsChanges({
      link: this.#link,
      bucket: this.#name,
      key,
      onHint: () => memory.askWhole(),
      onAnew: (listener) => {
        this.#anew.add(listener);
        return { [Symbol.dispose]: () => void this.#anew.delete(listener) };
      },
    }, options);
  }

  #enter(verb: string, key: string, options: KvOptions): string {
    options.signal?.throwIfAborted();
    const what = `Cannot ${verb} key "${key}" of bucket "${this.#name}"`;
    if (isKeyName(key)) return what;
    throw new KvError(`${what}: not a key name`, { code: "bad_key" });
  }

  #memory(key: string): KeyMemory {
    const known = this.#memories.get(key);
    if (known !== undefined) return known;
    const memory = new KeyMemory();
    this.#memories.set(key, memory);
    return memory;
  }

  #subject(key: string): string {
    return `$KV.${this.#name}.${key}`;
  }

  /**
   * Asks whether something newer exists, at a cost for the server that does not grow with the value. A
   * conditional get cannot tell nothing new from a bucket made anew: the stream's own state can. Any other
   * answer than a clear no leads to the whole question.
   */
  async #isUnchanged(
    key: string,
    newerThan: number,
    { memory, read }: { readonly memory: KeyMemory; readonly read: ReadOptions },
  ): Promise<boolean> {
    if (!this.#conditional) return false;
    const stream = await this.#stream(memory, read);
    if (stream === "same" || stream === "another") return stream === "same";
    const wanted = { seq: newerThan + 1, next_by_subj: this.#subject(key) };
    try {
      return await this.#reader.direct(wanted, read, CHEAP_MS) === "none";
    } catch (error) {
      read.signal?.throwIfAborted();
      // A right of its own, which not every node is given: whole gets from now on.
      if (explainNats(error).code === "denied") this.#conditional = false;
      return false;
    }
  }

  /** How the stream stands; `unknown` to who may not ask, and is left with the conditional get alone. */
  async #stream(
    memory: KeyMemory,
    read: ReadOptions,
  ): Promise<ReturnType<KeyMemory["compare"]> | "unknown"> {
    if (!this.#informed) return "unknown";
    try {
      const state = await this.#reader.state(read, CHEAP_MS);
      return state === undefined ? "another" : memory.compare(state);
    } catch (error) {
      read.signal?.throwIfAborted();
      if (explainNats(error).code === "denied") this.#informed = false;
      return "unknown";
    }
  }

  /** The newest message, and not one that a replica which lags behind takes for it: that is `stale`. */
  async #newest(key: string, newerThan: number, read: ReadOptions): Promise<Found | "stale"> {
    const wanted = { last_by_subj: this.#subject(key) };
    const memory = this.#memory(key);
    const { generation, ports: { clock } } = this.#link;
    for (let attempt = 0;; attempt++) {
      const found = await this.#reader.read(wanted, read);
      memory.answered(generation);
      if (typeof found === "string" || memory.judge(found, newerThan) === "new") return found;
      const led = attempt === 0
        ? await this.#reader.leader(wanted, read, CHEAP_MS).catch(() => undefined)
        : undefined;
      if (led !== undefined) return led;
      const wait = LAG_WAITS[attempt];
      // A number that only the caller knows may be of a bucket that is no more: the signed version decides.
      if (wait === undefined) return memory.known === undefined ? found : "stale";
      await clock.sleep(wait, read.signal === undefined ? {} : { signal: read.signal });
    }
  }

  #result(
    found: Found | "stale",
    { memory, newerThan, what }: {
      readonly memory: KeyMemory;
      readonly newerThan: number | undefined;
      readonly what: string;
    },
  ): KvResult {
    if (found === "stale") {
      memory.askWhole();
      if (newerThan !== undefined) return { kind: "unchanged", revision: newerThan };
      const why = `the server answers with less than revision ${memory.known?.revision}`;
      throw new KvError(`${what}: ${why}`, { code: "unreachable" });
    }
    if (found === "no_bucket" || found === "none") {
      if (memory.forget()) this.#tellAnew();
      return { kind: "absent", why: found === "none" ? "no_key" : found };
    }
    const anew = memory.accept(found);
    if (anew) this.#tellAnew();
    // Another bucket's value may have the very same number.
    if (found.revision === newerThan && !anew) return { kind: "unchanged", revision: newerThan };
    return resultOf(found);
  }

  #tellAnew(): void {
    for (const listener of [...this.#anew]) listener();
  }

  async #one(key: string, revision: number, read: ReadOptions): Promise<KvResult> {
    const found = await this.#reader.read({ seq: revision }, read);
    if (found === "no_bucket") return { kind: "absent", why: found };
    if (found === "none" || found.subject !== this.#subject(key)) {
      return { kind: "absent", why: "no_key" };
    }
    return resultOf(found);
  }

  /** The revision that "must not exist" stands for: a delete marker's own, where there is one. */
  async #vacant(key: string, read: ReadOptions): Promise<number> {
    const found = await this.#reader.read({ last_by_subj: this.#subject(key) }, read);
    if (typeof found === "string") return 0;
    if (found.value === undefined) return found.revision;
    const why = `revision ${found.revision} is newest, and none was expected`;
    throw new KvError(`${read.what}: ${why}`, { code: "conflict" });
  }

  async #write(
    key: string,
    { value, headers, what, signal }: {
      readonly value: Uint8Array;
      readonly headers?: Readonly<Record<string, string>>;
    } & ReadOptions,
  ): Promise<number> {
    const { apiPrefix = "$JS.API" } = this.#link.options;
    const subject = this.#subject(key);
    const place = apiPrefix === "$JS.API" ? subject : `${apiPrefix}.${subject}`;
    const request = { subject: place, body: value, signal };
    try {
      const message = await ask(
        this.#link,
        headers === undefined ? request : { ...request, headers },
      );
      const { failure, value: answer } = readAnswer(message);
      if (failure !== undefined) throw jetStreamError(what, failure);
      return Number(answer["seq"]);
    } catch (error) {
      signal?.throwIfAborted();
      if (isSilence(error)) throw noBucket(what);
      throw natsError(what, error);
    }
  }
}

function resultOf({ revision, time, value }: Stored): KvResult {
  return value === undefined
    ? { kind: "absent", why: "deleted", revision }
    : { kind: "value", value, revision, time };
}

function noBucket(what: string): KvError {
  return new KvError(`${what}: the bucket does not exist`, { code: "no_bucket" });
}
