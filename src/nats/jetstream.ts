import { headers, type Msg, type MsgHdrs } from "@nats-io/nats-core";
import { KvError } from "../ports/kv.ts";
import { explainNats } from "./errors.ts";
import type { NatsLink } from "./link.ts";

/** JetStream's own numbers for what callers branch on. */
export const JETSTREAM_ERRORS = {
  streamNotFound: 10059,
  noMessage: 10037,
  wrongLastSequence: 10071,
  notEnabled: 10076,
  notEnabledForAccount: 10039,
  streamExists: 10058,
} as const;

/** One request to JetStream. */
export interface JetStreamRequest {
  /** Subject below the API's prefix, or a whole one that begins with `$KV`. */
  readonly subject: string;
  /** Body: bytes, or what is to be JSON. */
  readonly body?: Uint8Array | object;
  /** Headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** No answer says nothing about the connection: it is not checked. */
  readonly mayBeSilent?: boolean;
  /** Milliseconds for the answer, where that is less than the connection's own. */
  readonly timeoutMs?: number;
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
}

/** An error that JetStream itself answered with. */
export interface JetStreamFailure {
  /** HTTP-like code. */
  readonly code: number;
  /** JetStream's own number. */
  readonly err_code: number;
  /** Text. */
  readonly description: string;
}

/** Asks once and gives the answer, or rejects with the client's own error. */
export async function ask(link: NatsLink, request: JetStreamRequest): Promise<Msg> {
  const { subject, body, signal } = request;
  const connection = await link.use(signal);
  const payload = body === undefined || body instanceof Uint8Array ? body : JSON.stringify(body);
  const timeout = Math.min(request.timeoutMs ?? Infinity, link.options.timeoutMs ?? 5_000);
  const options = request.headers === undefined
    ? { timeout }
    : { timeout, headers: headersOf(request.headers) };
  try {
    return await abortable(connection.request(subject, payload, options), signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    // No answer on a connection that looks well: it may be half open.
    if (request.mayBeSilent !== true && explainNats(error).code === "unreachable") {
      link.probe().catch(() => {});
    }
    throw error;
  }
}

/** The name of the API's subject, with the prefix that the settings give. */
export function apiSubject(link: NatsLink, name: string): string {
  return `${link.options.apiPrefix ?? "$JS.API"}.${name}`;
}

/** Asks JetStream's API: what it answers as JSON, or how it failed. */
export async function askApi(
  link: NatsLink,
  request: JetStreamRequest,
): Promise<{ readonly failure?: JetStreamFailure; readonly value: Record<string, unknown> }> {
  const message = await ask(link, { ...request, subject: apiSubject(link, request.subject) });
  return readAnswer(message);
}

/** Reads a JSON answer of JetStream. */
export function readAnswer(
  message: Msg,
): { readonly failure?: JetStreamFailure; readonly value: Record<string, unknown> } {
  let value: Record<string, unknown>;
  try {
    value = JSON.parse(new TextDecoder().decode(message.data));
  } catch (cause) {
    throw new KvError("Cannot read JetStream's answer: it is not JSON", { code: "store", cause });
  }
  const failure = value["error"] as JetStreamFailure | undefined;
  return failure === undefined ? { value } : { failure, value };
}

/** A failure of JetStream as the store's error: `what` is the beginning of the sentence. */
export function jetStreamError(what: string, failure: JetStreamFailure): KvError {
  const { err_code, description } = failure;
  if (err_code === JETSTREAM_ERRORS.streamNotFound) {
    return new KvError(`${what}: the bucket does not exist`, { code: "no_bucket" });
  }
  if (err_code === JETSTREAM_ERRORS.wrongLastSequence) {
    return new KvError(`${what}: another revision is newest`, { code: "conflict" });
  }
  const off = [JETSTREAM_ERRORS.notEnabled, JETSTREAM_ERRORS.notEnabledForAccount]
    .some((number) => number === err_code);
  if (failure.code === 503 && !off) {
    return new KvError(`${what}: JetStream is not ready (${description})`, { code: "unreachable" });
  }
  if (/maximum|exceed/i.test(description)) {
    return new KvError(`${what}: it is too large (${description})`, { code: "too_large" });
  }
  return new KvError(`${what}: JetStream says "${description}"`, { code: "store" });
}

function headersOf(record: Readonly<Record<string, string>>): MsgHdrs {
  const list = headers();
  for (const [name, value] of Object.entries(record)) list.set(name, value);
  return list;
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
