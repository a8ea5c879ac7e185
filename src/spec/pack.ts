import { encodeEnvelope } from "./envelope.ts";
import { type PrivateKey, signPayload } from "./private_key.ts";

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
    signatures: others.map((key) => ({
      keyid: key.publicKey.id,
      sig: signPayload(payload, key),
    })),
  });
}
