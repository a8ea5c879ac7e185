import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { decodeBase64, encodeBase64 } from "../../src/util/base64.ts";

const text = (base64: string) => {
  const bytes = decodeBase64(base64);
  return bytes && new TextDecoder().decode(bytes);
};

Deno.test("decodeBase64() reads standard base64, also wrapped by CR and LF (#9)", () => {
  strictEqual(text(""), "");
  strictEqual(text("W10="), "[]");
  strictEqual(text("W1\r\n0=\n"), "[]");
  strictEqual(text("YWJj"), "abc");
  strictEqual(text("YQ=="), "a");
});

const refused = [
  ["a blank", "W1 0="],
  ["a tab", "W1\t0="],
  ["missing padding", "W10"],
  ["the url alphabet", "_-8="],
  ["non-zero trailing bits", "W11="],
  ["two values in a row (#11)", "W10=W10="],
  ["padding alone", "="],
  ["too much padding", "W10=="],
  ["one digit", "W==="],
  ["other characters", "W10*"],
  ["a form feed", "W10=\f"],
];

for (const [what, value] of refused) {
  Deno.test(`decodeBase64() refuses ${what}`, () => strictEqual(text(value ?? ""), undefined));
}

Deno.test("encodeBase64() gives what decodeBase64() reads", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  deepStrictEqual(decodeBase64(encodeBase64(bytes)), bytes);
});
