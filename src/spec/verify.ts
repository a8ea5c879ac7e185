import { sha256 } from "../util/digest.ts";
import { parseStrictJson } from "../util/strict_json.ts";
import type { Envelope } from "./envelope.ts";
import { MAX_DEPTH, MAX_PAYLOAD_BYTES } from "./limits.ts";
import type { PublicKey } from "./public_key.ts";
import { SpecError } from "./spec_error.ts";

/**
 * A payload whose signatures held, or that was trusted without by name. Only this module can make one: what
 * parses and plans accepts nothing else.
 */
export class TrustedBytes {
  /** The bytes. */
  readonly payload: Uint8Array;
  /** Distinct keys that signed, in the order in which they were given; empty when nobody was asked. */
  readonly signers: readonly PublicKey[];
  /** SHA-256 of the payload. */
  readonly sha256: string;
  readonly #checked = true;

  private constructor(payload: Uint8Array, signers: readonly PublicKey[]) {
    this.payload = payload;
    this.signers = signers;
    this.sha256 = sha256(payload);
  }

  /** As {@linkcode verify}. */
  static verify(envelope: Envelope, { keys, threshold = 1 }: VerifyOptions): TrustedBytes {
    return new TrustedBytes(envelope.payload, enoughSigners(envelope, keys, threshold));
  }

  /** As {@linkcode trustUnsigned}. */
  static unsigned(envelope: Envelope): TrustedBytes {
    return new TrustedBytes(envelope.payload, []);
  }

  /** Whether a value is really one, for those who call without types. */
  static is(value: object): value is TrustedBytes {
    return #checked in value && value.#checked;
  }
}

/** Options of {@linkcode verify}. */
export interface VerifyOptions {
  /** Keys that may sign. */
  readonly keys: readonly PublicKey[];
  /**
   * How many of them must have signed.
   * @default {1}
   */
  readonly threshold?: number;
}

/**
 * Checks the signatures of an envelope over its decoded payload. Throws SpecError with `sig_missing`,
 * `sig_invalid` (nobody trusted signed) or `threshold` (too few did).
 */
export function verify(envelope: Envelope, options: VerifyOptions): TrustedBytes {
  return TrustedBytes.verify(envelope, options);
}

/** Trusts an envelope without asking who signed it: for nodes that were told so by name. */
export function trustUnsigned(envelope: Envelope): TrustedBytes {
  return TrustedBytes.unsigned(envelope);
}

function enoughSigners(
  envelope: Envelope,
  keys: readonly PublicKey[],
  threshold: number,
): readonly PublicKey[] {
  if (keys.length === 0) throw new TypeError("Cannot verify envelope: there is no public key");
  if (!(threshold >= 1)) throw new RangeError("Cannot verify envelope: the threshold is below 1");
  if (envelope.signature === undefined && envelope.signatures.length === 0) {
    throw new SpecError("Cannot trust specification: it is not signed", { code: "sig_missing" });
  }
  const signers = findSigners(envelope, keys);
  if (signers.length === 0) {
    throw new SpecError("Cannot trust specification: no trusted key has signed it", {
      code: "sig_invalid",
      hint: signatureHint(envelope, keys),
    });
  }
  if (signers.length < threshold) {
    throw new SpecError(
      `Cannot trust specification: ${signers.length} of ${threshold} needed keys have signed it`,
      { code: "threshold" },
    );
  }
  return signers;
}

/** The distinct keys among `keys` that have signed, in that order. */
export function findSigners(envelope: Envelope, keys: readonly PublicKey[]): readonly PublicKey[] {
  const found = new Map<string, PublicKey>();
  for (const key of keys) {
    if (found.has(key.hex)) continue;
    const signatures = envelope.signatures.filter(({ keyid }) => keyid === key.id);
    const candidates = new Set(signatures.map(({ sig }) => sig));
    if (envelope.signature !== undefined) candidates.add(envelope.signature);
    for (const signature of candidates) {
      if (!key.verify(envelope.payload, Uint8Array.fromHex(signature))) continue;
      found.set(key.hex, key);
      break;
    }
  }
  return [...found.values()];
}

/** Over which other bytes the signature would hold: the usual mistakes of signers. */
function signatureHint(envelope: Envelope, keys: readonly PublicKey[]): string | undefined {
  if (envelope.signature === undefined) return undefined;
  const signature = Uint8Array.fromHex(envelope.signature);
  for (const [what, bytes] of lookalikes(envelope)) {
    if (keys.some((key) => key.verify(bytes, signature))) {
      return `the signature is over ${what}, not over the decoded bytes themselves`;
    }
  }
  return undefined;
}

function* lookalikes({ payload, encoded }: Envelope): Iterable<[string, Uint8Array]> {
  const encoder = new TextEncoder();
  yield ["the base64 text", encoder.encode(encoded)];
  yield ["the base64 text without line breaks", encoder.encode(encoded.replace(/[\r\n]/g, ""))];
  const longer = new Uint8Array(payload.length + 1);
  longer.set(payload);
  longer[payload.length] = 0x0a;
  yield ["the bytes with a newline added", longer];
  let end = payload.length;
  while (end > 0 && [0x0a, 0x0d, 0x20].includes(payload[end - 1] ?? 0)) end -= 1;
  if (end < payload.length) {
    yield ["the bytes without their last newline", payload.subarray(0, end)];
  }
  try {
    const limits = { maxBytes: MAX_PAYLOAD_BYTES, maxDepth: MAX_DEPTH };
    yield [
      "the JSON written anew",
      encoder.encode(JSON.stringify(parseStrictJson(payload, limits))),
    ];
  } catch {
    // Not JSON: then nobody has signed it written anew.
  }
}
