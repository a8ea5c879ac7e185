import { createPublicKey, type KeyObject, verify as verifyOver } from "node:crypto";
import { sha256 } from "../util/digest.ts";
import { decodeHex } from "../util/hex.ts";
import { isCanonicalScalar, weakness } from "./curve.ts";
import { KeyError } from "./key_error.ts";

/** The public key whose private half is printed in the seed document: anybody can sign for it. */
export const PUBLISHED_KEY = "64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da";

/** An Ed25519 public key that is fit to be trusted: right length, canonical, on the curve, not of small order. */
export class PublicKey {
  /** 64 lower-case hex digits. */
  readonly hex: string;
  /** First 16 hex digits of the SHA-256 of the key. */
  readonly id: string;
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #object: KeyObject | undefined;

  private constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
    this.hex = bytes.toHex();
    this.id = sha256(bytes).slice(0, 16);
  }

  /** Reads 64 hex digits. Throws {@linkcode KeyError}, which never holds the text. */
  static parse(hex: string): PublicKey {
    const bytes = decodeHex(hex);
    if (bytes === undefined) {
      throw new KeyError("Cannot use public key: it is not hex", { code: "key_format" });
    }
    if (bytes.length === 64) {
      throw new KeyError(
        "Cannot use public key: this is a private key, which belongs nowhere here",
        {
          code: "key_private",
        },
      );
    }
    if (bytes.length !== 32) {
      throw new KeyError(`Cannot use public key: it has ${bytes.length} bytes, not 32`, {
        code: "key_length",
      });
    }
    const weak = weakness(bytes);
    if (weak !== undefined) {
      throw new KeyError(`Cannot use public key: ${weak}`, { code: "key_weak" });
    }
    return new PublicKey(bytes);
  }

  /** Whether this is the key of the seed document. Accepted, but whoever uses it must be told loudly. */
  get isPublished(): boolean {
    return this.hex === PUBLISHED_KEY;
  }

  /** Whether `signature` (64 bytes) is this key's over `message`, in the one canonical form. */
  verify(message: Uint8Array, signature: Uint8Array): boolean {
    if (signature.length !== 64 || !isCanonicalScalar(signature.subarray(32))) return false;
    const x = this.#bytes.toBase64({ alphabet: "base64url", omitPadding: true });
    this.#object ??= createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
    return verifyOver(null, message, this.#object, signature);
  }
}

/**
 * Reads a public key as people hand it over: 64 hex digits, or the text of a file with them, where blank
 * lines, `#` comments and the words `Public Key:` may stand. Throws {@linkcode KeyError}.
 */
export function readPublicKey(text: string): PublicKey {
  const lines = text.split("\n").map((line) => line.trim()).filter((line) =>
    line !== "" && !line.startsWith("#")
  );
  if (/[0-9a-fA-F]{128}/.test(text)) return PublicKey.parse("00".repeat(64));
  const [line = "", ...more] = lines;
  if (more.length > 0) {
    throw new KeyError("Cannot use public key: it has more than one line", { code: "key_format" });
  }
  return PublicKey.parse(line.replace(/^Public Key:\s*/i, ""));
}
