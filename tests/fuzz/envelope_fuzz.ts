import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { envelopeFromData, readEnvelope } from "../../src/spec/envelope.ts";
import { pack } from "../../src/spec/pack.ts";
import { SpecError } from "../../src/spec/spec_error.ts";
import { verify } from "../../src/spec/verify.ts";
import { bytes, data, entry, key, specEntry } from "../spec/fixture.ts";
import type { FuzzTarget } from "./engine.ts";

const payload = JSON.stringify([specEntry({ format: 1, version: 2 }), entry()]);
const signed = pack(bytes(payload), { keys: [key(1), key(2)] });
const trusted = [key(1).publicKey, key(2).publicKey];

const corpus = [
  bytes(signed),
  bytes(pack(bytes("[]"), { keys: [key(1)] })),
  bytes(pack(bytes("[]"))),
  data("seed_spec.json"),
  data("golden_spec.json"),
];

/** The only payloads that may come through. */
const SIGNED = new Set(corpus.map((input) => readEnvelope(input).payload.toBase64()));

function read(input: Uint8Array) {
  try {
    return readEnvelope(input);
  } catch (error) {
    if (error instanceof SpecError) return undefined;
    throw error;
  }
}

/** Whatever the bytes: refused by code, or read the same way twice; and nothing unsigned is trusted. */
export const target: FuzzTarget = {
  name: "envelope",
  corpus,
  tokens: [
    '"machines"',
    '"Machines"',
    '"plugins":"W10="',
    '"signature":null',
    '"signature"',
    '"signatures":[]',
    '"keyid"',
    "W10=",
    "\\n",
    "\\u0000",
    "\\ud800",
    "__proto__",
    "[".repeat(20),
    "1e400",
    "\ufeff",
  ],
  run(input) {
    const envelope = read(input);
    if (envelope === undefined) return;
    const again = readEnvelope(envelope.bytes);
    deepStrictEqual(again.payload, envelope.payload);
    strictEqual(again.signature, envelope.signature);
    deepStrictEqual(again.signatures, envelope.signatures);
    deepStrictEqual(again.bytes, envelope.bytes);
    deepStrictEqual(envelopeFromData(new TextDecoder().decode(input)).bytes, envelope.bytes);
    try {
      const { payload: through } = verify(envelope, { keys: trusted });
      ok(SIGNED.has(through.toBase64()), "an unsigned payload is trusted");
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
    }
  },
};
