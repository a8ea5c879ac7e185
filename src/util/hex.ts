const HEX = /^(?:[0-9a-fA-F]{2})*$/;

/** Bytes as lower-case hex. */
export function encodeHex(bytes: Uint8Array): string {
  return bytes.toHex();
}

/** Bytes of hex digits in either case; undefined when the text is anything else (odd length, blanks, `0x`). */
export function decodeHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  return HEX.test(text) ? Uint8Array.fromHex(text) : undefined;
}
