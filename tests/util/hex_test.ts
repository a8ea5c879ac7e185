import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { decodeHex, encodeHex } from "../../src/util/hex.ts";
import { sha256 } from "../../src/util/digest.ts";

Deno.test("decodeHex() reads hex in either case and refuses all else", () => {
  deepStrictEqual(decodeHex("00fFA9"), Uint8Array.of(0, 255, 169));
  deepStrictEqual(decodeHex(""), new Uint8Array());
  for (const text of ["0", "0x00", "zz", "00 00", " 00", "00\n", "é"]) {
    strictEqual(decodeHex(text), undefined, text);
  }
});

Deno.test("encodeHex() writes lower case", () => {
  strictEqual(encodeHex(Uint8Array.of(0, 255, 169)), "00ffa9");
});

Deno.test("sha256() is the digest of bytes and of a text", () => {
  const want = "9f28ca60126cb0c438bc90f6d323efb4abf699f976c18a7a88cdb166e45e22ec";
  strictEqual(sha256("sample file"), want);
  strictEqual(sha256(new TextEncoder().encode("sample file")), want);
});
