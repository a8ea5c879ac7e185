import { encodeEnvelope, type Envelope } from "./envelope.ts";
import { MAX_SIGNATURES } from "./limits.ts";
import { type PrivateKey, signPayload } from "./private_key.ts";
import { SpecError } from "./spec_error.ts";
import { findSigners } from "./verify.ts";

/** Options of {@linkcode pack}. */
export interface PackOptions {
  /**
   * Signs with each. The first makes `signature`, which is all that the reference looks at.
   * @default {[]}
   */
  readonly keys?: readonly PrivateKey[];
}

/**
 * Packs a machines list, its bytes verbatim, as one line of JSON without a newline. Does not look at the
 * list: see `lint`.
 *
 * @example
 * ```ts
 * import { pack, readEnvelope } from "@machinist/machinist";
 *
 * const packed = pack(new TextEncoder().encode("[]"));
 * if (packed !== '{"machines":"W10="}') throw new Error("unexpected");
 * ```
 */
export function pack(payload: Uint8Array, { keys = [] }: PackOptions = {}): string {
  const [first, ...others] = keys;
  return encodeEnvelope({
    payload,
    signature: first && signPayload(payload, first),
    signatures: others.map((key) => signatureOf(payload, key)),
  });
}

/**
 * Adds a signature of each key to a packed list whose payload stays byte for byte, so that keys which never meet on one
 * machine can reach a threshold. A key that has signed already adds nothing; the first signature of all is the
 * reference's. Throws SpecError when there would be too many.
 */
export function addSignatures(envelope: Envelope, keys: readonly PrivateKey[]): string {
  const { payload } = envelope;
  let { signature } = envelope;
  const signatures = [...envelope.signatures];
  const signed = new Set(
    findSigners(envelope, keys.map((key) => key.publicKey)).map(({ hex }) => hex),
  );
  for (const key of keys) {
    if (signed.has(key.publicKey.hex)) continue;
    signed.add(key.publicKey.hex);
    if (signature === undefined) signature = signPayload(payload, key);
    else signatures.push(signatureOf(payload, key));
  }
  if (signatures.length > MAX_SIGNATURES) {
    throw new SpecError(`Cannot sign envelope: it has ${MAX_SIGNATURES} more signatures already`, {
      code: "limit",
    });
  }
  return encodeEnvelope({ payload, signature, signatures });
}

function signatureOf(payload: Uint8Array, key: PrivateKey) {
  return { keyid: key.publicKey.id, sig: signPayload(payload, key) };
}
