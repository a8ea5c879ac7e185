import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { addSignatures, pack } from "../../src/spec/pack.ts";
import { generateKeyPair, PrivateKey } from "../../src/spec/private_key.ts";
import { findSigners } from "../../src/spec/verify.ts";
import { bytes, key } from "./fixture.ts";

const PAYLOAD = bytes(" [ ]\n");
const read = (text: string) => readEnvelope(bytes(text));

Deno.test("addSignatures() gives what pack() gives with all keys at once, in any number of steps", () => {
  const all = pack(PAYLOAD, { keys: [key(1), key(2), key(3)] });
  const first = addSignatures(read(pack(PAYLOAD)), [key(1)]);
  strictEqual(first, pack(PAYLOAD, { keys: [key(1)] }));
  const second = addSignatures(read(first), [key(2), key(1), key(3), key(2)]);
  strictEqual(second, all);
  strictEqual(addSignatures(read(second), [key(3), key(1)]), all);
  deepStrictEqual(
    findSigners(read(second), [1, 2, 3].map((n) => key(n).publicKey)).length,
    3,
  );
});

Deno.test("addSignatures() refuses more signatures than nodes read", () => {
  const keys = Array.from({ length: 18 }, () => PrivateKey.parse(generateKeyPair().privateKey));
  const full = addSignatures(read(pack(PAYLOAD)), keys.slice(0, 17));
  strictEqual(read(full).signatures.length, 16);
  throws(() => addSignatures(read(full), keys), { name: "SpecError", code: "limit" });
});
