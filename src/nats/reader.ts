import { errors } from "@nats-io/nats-core";
import { KvError } from "../ports/kv.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { explainNats, natsError } from "./errors.ts";
import { apiSubject, ask, askApi, JETSTREAM_ERRORS, jetStreamError } from "./jetstream.ts";
import type { NatsLink } from "./link.ts";
import { readDirect, readStored, type Stored } from "./stored.ts";

/** What a read found: the message, `none`, or that there is no bucket. */
export type Found = Stored | "none" | "no_bucket";

/** Which message is meant: fields of JetStream's own request. */
export type Wanted =
  | { readonly last_by_subj: string }
  | { readonly seq: number }
  | { readonly seq: number; readonly next_by_subj: string };

/** What a stream's leader says of it. */
export interface StreamState {
  /** When it was made: another time is another stream. */
  readonly created: string;
  /** Sequence of its last message. */
  readonly last: number;
}

/** Options of {@linkcode StreamReader.read}. */
export interface ReadOptions {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** Beginning of the sentence of an error. */
  readonly what: string;
}

/**
 * Milliseconds after which the leader is asked as well. A direct get for a stream that does not exist, or that
 * serves none, is not refused: nobody answers.
 */
const HEDGE_MS = 300;

/** Milliseconds more for a direct get, once the leader could not be asked. */
const PATIENCE_MS = 1_000;

/**
 * Reads single messages of a stream: by direct gets, which any replica answers cheaply, else from the
 * stream's leader, where the bucket or the rights leave nothing else.
 */
export class StreamReader {
  readonly #link: NatsLink;
  readonly #stream: string;
  /** The connection on which direct gets were not answered and the leader was. */
  #mute = -1;

  constructor(link: NatsLink, stream: string) {
    this.#link = link;
    this.#stream = stream;
  }

  /** Reads from whoever answers. */
  async read(wanted: Wanted, options: ReadOptions): Promise<Found> {
    options.signal?.throwIfAborted();
    const { generation } = this.#link;
    if (this.#mute === generation) return await this.#onlyLeader(wanted, options);
    const asked = settle(this.direct(wanted, options));
    const early = await this.#within(asked, HEDGE_MS, options.signal);
    if (early?.kind === "found") return early.found;
    const led = await settle(this.leader(wanted, options));
    if (led.kind === "found") {
      // Without a bucket nothing is known of direct gets; with one, they are off.
      if (led.found !== "no_bucket") this.#mute = generation;
      return led.found;
    }
    const late = await this.#within(asked, PATIENCE_MS, options.signal) ?? SILENCE;
    if (late.kind === "found") return late.found;
    options.signal?.throwIfAborted();
    // Silence, and no right to ask the leader: there is nobody to ask.
    const silent = explainNats(late.error).code !== "denied";
    if (silent && explainNats(led.error).code === "denied") return "no_bucket";
    throw natsError(options.what, silent ? led.error : late.error);
  }

  /** A direct get. Rejects with the client's own error: when nobody answers that is a timeout. */
  async direct(wanted: Wanted, { signal }: ReadOptions, timeoutMs = Infinity): Promise<Found> {
    const name = `DIRECT.GET.${this.#stream}`;
    const request = "last_by_subj" in wanted
      ? { subject: `${name}.${wanted.last_by_subj}` }
      : { subject: name, body: wanted };
    const subject = apiSubject(this.#link, request.subject);
    const whole = { ...request, subject, mayBeSilent: true, timeoutMs, signal };
    return readDirect(await ask(this.#link, whole)) ?? "none";
  }

  /** Asks the stream's leader, who knows best. Rejects with the client's own error, or KvError. */
  async leader(
    wanted: Wanted,
    { signal, what }: ReadOptions,
    timeoutMs = Infinity,
  ): Promise<Found> {
    const subject = `STREAM.MSG.GET.${this.#stream}`;
    const request = { subject, body: wanted, timeoutMs, signal };
    const { failure, value } = await askApi(this.#link, request);
    if (failure === undefined) return readStored(value["message"]) ?? "none";
    if (failure.err_code === JETSTREAM_ERRORS.noMessage) return "none";
    if (failure.err_code === JETSTREAM_ERRORS.streamNotFound) return "no_bucket";
    throw jetStreamError(what, failure);
  }

  /**
   * When the stream was made and how far it has come: one question, whatever the size of its values. Undefined
   * when there is no such stream. Rejects with the client's own error, or KvError.
   */
  async state({ signal }: ReadOptions, timeoutMs = Infinity): Promise<StreamState | undefined> {
    const subject = `STREAM.INFO.${this.#stream}`;
    const { failure, value } = await askApi(this.#link, { subject, timeoutMs, signal });
    if (failure !== undefined) return undefined;
    const { last_seq } = value["state"] as { readonly last_seq?: unknown };
    return { created: String(value["created"]), last: Number(last_seq) };
  }

  async #onlyLeader(wanted: Wanted, options: ReadOptions): Promise<Found> {
    try {
      const found = await this.leader(wanted, options);
      if (found === "no_bucket") this.#mute = -1;
      return found;
    } catch (error) {
      options.signal?.throwIfAborted();
      throw natsError(options.what, error);
    }
  }

  /** The direct answer, or failure, if it comes within `ms`. */
  async #within(
    asked: Promise<Settled>,
    ms: number,
    signal: AbortSignal | undefined,
  ): Promise<Settled | undefined> {
    using scope = new AbortScope(...signal === undefined ? [] : [signal]);
    const late = this.#link.ports.clock.sleep(ms, scope).catch(() => {});
    return await Promise.race([asked, late]) ?? undefined;
  }
}

/** A promise's end, as a value: it may be looked at late, or never. */
type Settled =
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "failed"; readonly error: unknown };

const SILENCE: Settled = {
  kind: "failed",
  error: new Error("Cannot get an answer: nobody gave one"),
};

function settle(promise: Promise<Found>): Promise<Settled> {
  return promise.then(
    (found) => ({ kind: "found", found }),
    (error) => ({ kind: "failed", error }),
  );
}

/** Whether nobody serves the subject. */
export function isSilence(error: unknown): boolean {
  if (error instanceof KvError) return false;
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof errors.NoRespondersError) return true;
  }
  return false;
}
