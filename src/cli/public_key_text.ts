import { type PublicKey, readPublicKey } from "../spec/public_key.ts";
import type { Terminal } from "./terminal.ts";

/** Bytes of a key file; far more than a key and its comments need. */
const MAX_KEY_FILE_BYTES = 64 * 1024;

/** Reads a public key as it was typed: hex digits, or the path of a file that holds them. */
export async function publicKeyFrom(typed: string, io: Terminal): Promise<PublicKey> {
  return readPublicKey(await keyText(typed, io));
}

/** Reads public keys as they were typed, each as {@linkcode publicKeyFrom} does. */
export async function publicKeysFrom(
  typed: readonly string[],
  io: Terminal,
): Promise<readonly PublicKey[]> {
  return await Promise.all(splitKeys(typed).map((text) => publicKeyFrom(text, io)));
}

/** The text of a key as it was typed: hex digits, or what is in the file of that name. */
export async function keyText(typed: string, io: Terminal): Promise<string> {
  if (/^[0-9a-fA-F]+$/.test(typed)) return typed;
  return new TextDecoder().decode(await io.readFile(typed, MAX_KEY_FILE_BYTES));
}

/** Several keys may stand in one environment variable, with commas or blanks between them. */
export function splitKeys(typed: readonly string[]): readonly string[] {
  return typed.flatMap((text) =>
    /^[0-9a-fA-F\s,]+$/.test(text) ? text.split(/[\s,]+/).filter((part) => part !== "") : [text]
  );
}
