import { errors } from "@nats-io/nats-core";
import { KvError, type KvErrorCode } from "../ports/kv.ts";

/** What went wrong, in a closed code and words without secrets. */
export interface NatsFailure {
  /** Closed set. */
  readonly code: KvErrorCode;
  /** The end of a sentence: "Cannot ...: <why>". */
  readonly why: string;
}

/** Names what a client's error means. */
export function explainNats(error: unknown): NatsFailure {
  const chain = causes(error);
  for (const each of chain) {
    const found = explainOne(each);
    if (found !== undefined) return found;
  }
  const text = chain.map((each) => each.message).find((message) => message !== "");
  return { code: "unreachable", why: text ?? "the server cannot be reached" };
}

/** A client's error as the store's: `what` is the beginning of the sentence. */
export function natsError(what: string, error: unknown): KvError {
  if (error instanceof KvError) return error;
  const { code, why } = explainNats(error);
  return new KvError(`${what}: ${why}`, { code, cause: error });
}

function explainOne(error: Error): NatsFailure | undefined {
  if (error instanceof KvError) return { code: error.code, why: error.message };
  if (error.name === "NotCapable") {
    return { code: "permission", why: "Deno was not given --allow-net for it" };
  }
  if (error instanceof errors.PermissionViolationError) {
    const verb = error.operation === "publish" ? "publish to" : "subscribe to";
    return { code: "denied", why: `the server gives no right to ${verb} "${error.subject}"` };
  }
  if (error instanceof errors.AuthorizationError) {
    return { code: "denied", why: "the server refuses these credentials" };
  }
  if (error instanceof errors.UserAuthenticationExpiredError) {
    return { code: "denied", why: "the credentials have expired" };
  }
  if (error instanceof errors.NoRespondersError) {
    return {
      code: "store",
      why: "nobody answers: JetStream is off, or the bucket has no direct gets",
    };
  }
  if (error instanceof errors.TimeoutError || error.name === "TimeoutError") {
    return { code: "unreachable", why: "the server did not answer in time" };
  }
  if (error instanceof errors.ClosedConnectionError) {
    return { code: "unreachable", why: "the connection was lost" };
  }
  if (error instanceof errors.InvalidArgumentError && error.message.includes("max_payload")) {
    return { code: "too_large", why: "it is larger than the server takes" };
  }
  return explainCode(error);
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ["ECONNREFUSED", "the connection was refused"],
  ["ECONNRESET", "the connection was cut off"],
  ["EPIPE", "the connection was cut off"],
  ["ENOTFOUND", "the host name is not known"],
  ["EAI_AGAIN", "the host name cannot be looked up now"],
  ["EHOSTUNREACH", "there is no way to the host"],
  ["ENETUNREACH", "there is no way to the network"],
  ["ETIMEDOUT", "the server did not answer in time"],
  ["EPERM", "the connection is not permitted"],
]);

function explainCode(error: Error): NatsFailure | undefined {
  const code = (error as { code?: unknown }).code;
  const reason = typeof code === "string" ? REASONS.get(code) : undefined;
  if (reason !== undefined) {
    return { code: code === "EPERM" ? "permission" : "unreachable", why: reason };
  }
  if (/certificate|alert|tls|ssl|handshake|self.signed|UnknownIssuer/i.test(error.message)) {
    return { code: "denied", why: `TLS failed: ${error.message}` };
  }
  if (/credentials|seed|nkey/i.test(error.message)) {
    return { code: "denied", why: "the credentials cannot be read" };
  }
  return undefined;
}

function causes(error: unknown): readonly Error[] {
  const chain: Error[] = [];
  for (let each = error; each instanceof Error && chain.length < 5; each = each.cause) {
    chain.push(each);
  }
  return chain;
}
