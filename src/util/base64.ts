/** Bytes as standard base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  return bytes.toBase64();
}

const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * Bytes of standard base64. As Go's `StdEncoding` it skips CR and LF and wants padding; stricter than that, it
 * wants the unused bits of the last digit to be zero. Undefined for anything else.
 */
export function decodeBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  const digits = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, "") : text;
  if (!ALPHABET.test(digits)) return undefined;
  try {
    return Uint8Array.fromBase64(digits, { lastChunkHandling: "strict" });
  } catch {
    return undefined;
  }
}
