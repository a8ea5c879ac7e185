import nacl from "tweetnacl";
import { decodeHex } from "../util/hex.ts";
import { KeyError } from "./key_error.ts";
import { PublicKey } from "./public_key.ts";

/** A pair as `machinist keys` prints it. */
export interface KeyPair {
  /** 64 hex digits. */
  readonly publicKey: string;
  /** 128 hex digits: the seed, then the public key. */
  readonly privateKey: string;
}

/** Makes an Ed25519 pair. */
export function generateKeyPair(): KeyPair {
  const { publicKey, secretKey } = nacl.sign.keyPair();
  return { publicKey: publicKey.toHex(), privateKey: secretKey.toHex() };
}

/** An Ed25519 private key. Shows itself nowhere: not in errors, not in JSON, not when inspected. */
export class PrivateKey {
  /** Its other half. */
  readonly publicKey: PublicKey;
  readonly #secret: Uint8Array;

  private constructor(secret: Uint8Array, publicKey: PublicKey) {
    this.#secret = secret;
    this.publicKey = publicKey;
  }

  /** Reads 128 hex digits (seed, then public key), blanks around them allowed. Throws {@linkcode KeyError}. */
  static parse(hex: string): PrivateKey {
    const secret = decodeHex(hex.trim().replace(/^Private Key:\s*/i, ""));
    if (secret === undefined) {
      throw new KeyError("Cannot use private key: it is not hex", { code: "key_format" });
    }
    if (secret.length !== 64) {
      throw new KeyError(`Cannot use private key: it has ${secret.length} bytes, not 64`, {
        code: "key_length",
      });
    }
    const pair = nacl.sign.keyPair.fromSeed(secret.subarray(0, 32));
    if (pair.secretKey.toHex() !== secret.toHex()) {
      throw new KeyError("Cannot use private key: its halves do not belong together", {
        code: "key_mismatch",
      });
    }
    return new PrivateKey(secret, PublicKey.parse(pair.publicKey.toHex()));
  }

  /** The signature over `message`: 64 bytes, the same for the same bytes. */
  sign(message: Uint8Array): Uint8Array {
    return nacl.sign.detached(message, this.#secret);
  }

  /** Hides the key from `JSON.stringify`. */
  toJSON(): string {
    return "***";
  }
}

/** Signs a payload: 128 lower-case hex digits over exactly these bytes. */
export function signPayload(payload: Uint8Array, privateKey: PrivateKey): string {
  return privateKey.sign(payload).toHex();
}
