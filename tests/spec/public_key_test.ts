import { deepStrictEqual, notStrictEqual, strictEqual, throws } from "node:assert/strict";
import { sha256 } from "../../src/util/digest.ts";
import { KeyError, type KeyErrorCode } from "../../src/spec/key_error.ts";
import { generateKeyPair, PrivateKey, signPayload } from "../../src/spec/private_key.ts";
import { PublicKey, readPublicKey } from "../../src/spec/public_key.ts";
import { bytes, key, SEED_PRIVATE, SEED_PUBLIC } from "./fixture.ts";

/** The 14 encodings of the points of small order, made from the eight points and their non-canonical forms. */
const SMALL_ORDER = [
  "00".repeat(32),
  `${"00".repeat(31)}80`,
  `01${"00".repeat(31)}`,
  `01${"00".repeat(30)}80`,
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
  `ec${"ff".repeat(30)}7f`,
  `ec${"ff".repeat(31)}`,
  `ed${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(31)}`,
  `ee${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(31)}`,
];

const refused: [string, string, KeyErrorCode][] = [
  ...SMALL_ORDER.map((hex, n): [string, string, KeyErrorCode] => [
    `#24 small order ${n + 1} of 14`,
    hex,
    "key_weak",
  ]),
  ["#23 y = p + 3, not canonical", `f0${"ff".repeat(30)}7f`, "key_weak"],
  ["#23 y = 2^255 - 1, not canonical", `${"ff".repeat(31)}7f`, "key_weak"],
  ["no point of the curve", `02${"00".repeat(31)}`, "key_weak"],
  ["#25 nothing", "", "key_length"],
  ["#25 31 bytes", SEED_PUBLIC.slice(2), "key_length"],
  ["#25 33 bytes", `${SEED_PUBLIC}00`, "key_length"],
  ["#25 odd", SEED_PUBLIC.slice(1), "key_format"],
  ["#25 not hex", "zz".repeat(32), "key_format"],
  ["#25 a blank", ` ${SEED_PUBLIC}`, "key_format"],
  ["#25 a private key", SEED_PRIVATE, "key_private"],
];
for (const [what, hex, code] of refused) {
  Deno.test(`PublicKey.parse() refuses ${what}`, () => {
    throws(() => PublicKey.parse(hex), (error: unknown) => {
      strictEqual(error instanceof KeyError, true, String(error));
      strictEqual((error as KeyError).code, code);
      if (hex.length > 8) strictEqual((error as KeyError).message.includes(hex.slice(0, 8)), false);
      return true;
    });
  });
}

Deno.test("PublicKey.parse() reads the seed document's key and marks it as published", () => {
  const published = PublicKey.parse(SEED_PUBLIC.toUpperCase());
  strictEqual(published.hex, SEED_PUBLIC);
  strictEqual(published.id, sha256(Uint8Array.fromHex(SEED_PUBLIC)).slice(0, 16));
  strictEqual(published.isPublished, true);
  strictEqual(key(1).publicKey.isPublished, false);
});

Deno.test("readPublicKey() takes what people put into files", () => {
  for (
    const text of [
      SEED_PUBLIC,
      `${SEED_PUBLIC}\n`,
      `# fleet\n\n  ${SEED_PUBLIC}\r\n`,
      ` Public Key: ${SEED_PUBLIC}\n`,
    ]
  ) {
    strictEqual(readPublicKey(text).hex, SEED_PUBLIC);
  }
  const code = (text: string, code: KeyErrorCode) => throws(() => readPublicKey(text), { code });
  code("", "key_length");
  code(`${SEED_PUBLIC}\n${SEED_PUBLIC}`, "key_format");
  code(` Public Key: ${SEED_PUBLIC}\nPrivate Key: ${SEED_PRIVATE}\n`, "key_private");
  code("#\n" + SEED_PRIVATE, "key_private");
});

Deno.test("PrivateKey signs as the reference does, byte for byte", () => {
  // go-choria's own vector: seed, message, signature.
  const seed = "8e306060341f7eb867c7d09609d53bfa9e6cb38ca744c0dca548572cc3080b6a";
  const pkcs8 = Uint8Array.fromHex(`302e020100300506032b657004220420${seed}`);
  return crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]).then(
    async (imported) => {
      const { x = "" } = await crypto.subtle.exportKey("jwk", imported);
      const half = Uint8Array.fromBase64(x, { alphabet: "base64url" }).toHex();
      strictEqual(
        signPayload(bytes("too many secrets"), PrivateKey.parse(seed + half)),
        "5971db5ce8eec72d586b0630e2cdd9464e6800b973e6c58575a4072018ca51a9" +
          "3f2e1988d47e058bb19c18d57a44ffa9931b6b7e2f70b5e44ddc50339a8c790b",
      );
    },
  );
});

const privates: [string, string, KeyErrorCode][] = [
  ["nothing", "", "key_length"],
  ["a seed alone, or a public key", SEED_PUBLIC, "key_length"],
  ["63 bytes", SEED_PRIVATE.slice(2), "key_length"],
  ["not hex", "zz".repeat(64), "key_format"],
  ["halves of two keys", SEED_PRIVATE.slice(0, 64) + key(1).publicKey.hex, "key_mismatch"],
];
for (const [what, hex, code] of privates) {
  Deno.test(`PrivateKey.parse() refuses ${what}`, () => {
    throws(() => PrivateKey.parse(hex), { name: "KeyError", code });
  });
}

Deno.test("PrivateKey shows itself nowhere (#85)", () => {
  const secret = PrivateKey.parse(`Private Key: ${SEED_PRIVATE}\n`);
  const shown = JSON.stringify({ secret }) + Deno.inspect(secret) + String(secret);
  strictEqual(shown.includes(SEED_PRIVATE.slice(0, 16)), false);
});

Deno.test("generateKeyPair() makes new pairs that sign and verify", () => {
  const pair = generateKeyPair();
  notStrictEqual(pair.privateKey, generateKeyPair().privateKey);
  deepStrictEqual([pair.publicKey.length, pair.privateKey.length], [64, 128]);
  const signature = PrivateKey.parse(pair.privateKey).sign(bytes("x"));
  strictEqual(PublicKey.parse(pair.publicKey).verify(bytes("x"), signature), true);
  strictEqual(PublicKey.parse(pair.publicKey).verify(bytes("y"), signature), false);
});
