import { PrivateKey } from "../spec/private_key.ts";
import { keyText } from "./public_key_text.ts";
import type { Terminal } from "./terminal.ts";

/** Reads a private key as it was typed: hex digits, or the path of a file that holds them. */
export async function privateKeyFrom(typed: string, io: Terminal): Promise<PrivateKey> {
  const text = await keyText(typed, io);
  // What `machinist keys` prints, redirected into a file, has the public key on the line before.
  const line = text.split("\n").find((line) => /^\s*Private Key:/i.test(line));
  return PrivateKey.parse(line ?? text);
}
