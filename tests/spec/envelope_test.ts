import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { envelopeFromData, readEnvelope } from "../../src/spec/envelope.ts";
import { MAX_ENVELOPE_BYTES, MAX_PAYLOAD_BYTES } from "../../src/spec/limits.ts";
import { SpecError, type SpecErrorCode } from "../../src/spec/spec_error.ts";
import { bytes, data, envelopeText } from "./fixture.ts";

const SIGNATURE = "ab".repeat(64);

function refuses(input: Uint8Array | string, code: SpecErrorCode): SpecError {
  let found: SpecError | undefined;
  const check = (error: unknown) => {
    found = error instanceof SpecError ? error : undefined;
    strictEqual(found?.code, code, String(error));
    return true;
  };
  throws(() => readEnvelope(typeof input === "string" ? bytes(input) : input), check);
  if (typeof input === "string") throws(() => envelopeFromData(input), check);
  return found ?? new SpecError("Cannot happen", { code: "text" });
}

Deno.test("readEnvelope() reads the seed document's envelope", () => {
  const envelope = readEnvelope(data("seed_spec.json"));
  deepStrictEqual(envelope.payload, data("seed_machines.json"));
  strictEqual(envelope.signature?.length, 128);
  deepStrictEqual(envelope.signatures, []);
  deepStrictEqual(envelope.bytes, data("seed_spec.json").slice(0, -1));
});

const table: [string, string | Uint8Array, SpecErrorCode][] = [
  ["#1 nothing", "", "empty_value"],
  ["#1 blanks", " \r\n\t", "empty_value"],
  ["#2 text", "hello", "envelope_json"],
  ["#2 truncated JSON", '{"machines":"W10="', "envelope_json"],
  ["#2 trailing bytes", '{"machines":"W10="} x', "envelope_json"],
  ["#3 an array", "[]", "envelope_type"],
  ["#3 a string", '"x"', "envelope_type"],
  ["#3 a number", "7", "envelope_type"],
  ["#3 null", "null", "envelope_type"],
  ["#4 bytes that are not UTF-8", Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d), "utf8"],
  ["#5 a byte order mark", `\ufeff${envelopeText("[]")}`, "envelope_json"],
  ["#6 no machines", "{}", "machines_type"],
  ["#6 machines null", '{"machines":null}', "machines_type"],
  ["#6 machines a number", '{"machines":1}', "machines_type"],
  ["#6 machines an array of bytes", '{"machines":[91,93]}', "machines_type"],
  ["#6 machines an object", '{"machines":{}}', "machines_type"],
  ["#7 Machines", '{"Machines":"W10="}', "key_case"],
  ["#7 Machines beside machines", '{"machines":"W10=","Machines":"W10="}', "key_case"],
  ["#7 Signature", envelopeText("[]", { Signature: SIGNATURE }), "key_case"],
  ["#8 a duplicate machines", '{"machines":"W10=","machines":"W10="}', "duplicate_key"],
  ["#8 a duplicate by escape", '{"machines":"W10=","\\u006dachines":"W10="}', "duplicate_key"],
  ["#10 a blank in base64", '{"machines":"W1 0="}', "base64"],
  ["#10 a tab in base64", '{"machines":"W1\\t0="}', "base64"],
  ["#10 missing padding", '{"machines":"W10"}', "base64"],
  ["#10 the URL alphabet", '{"machines":"-_8="}', "base64"],
  ["#10 non-zero trailing bits", '{"machines":"W11="}', "base64"],
  ["#11 two values in a row", '{"machines":"W10=W10="}', "base64"],
  ["#12 machines and plugins", '{"machines":"W10=","plugins":"W10="}', "ambiguous"],
  ["#13 plugins", '{"plugins":"W10="}', "plugins_format"],
  ["#16 a value wrapped by another tool", '{"data":"W10="}', "machines_type"],
  [
    "#19 signature of odd length",
    envelopeText("[]", { signature: SIGNATURE.slice(1) }),
    "sig_format",
  ],
  ["#19 signature not hex", envelopeText("[]", { signature: "zz".repeat(64) }), "sig_format"],
  ["#19 signature of 63 bytes", envelopeText("[]", { signature: "ab".repeat(63) }), "sig_format"],
  ["#19 signature of 65 bytes", envelopeText("[]", { signature: "ab".repeat(65) }), "sig_format"],
  ["#19 signature of 128 bytes", envelopeText("[]", { signature: "ab".repeat(128) }), "sig_format"],
  ["#19 signature with a blank", envelopeText("[]", { signature: ` ${SIGNATURE}` }), "sig_format"],
  [
    "#19 signature with a newline",
    envelopeText("[]", { signature: `${SIGNATURE}\n` }),
    "sig_format",
  ],
  ["#19 signature with 0x", envelopeText("[]", { signature: `0x${SIGNATURE}` }), "sig_format"],
  ["#19 signature a number", envelopeText("[]", { signature: 1 }), "sig_format"],
  ["signatures an object", envelopeText("[]", { signatures: {} }), "sig_format"],
  ["signatures of strings", envelopeText("[]", { signatures: [SIGNATURE] }), "sig_format"],
  [
    "a short keyid",
    envelopeText("[]", { signatures: [{ keyid: "ab", sig: SIGNATURE }] }),
    "sig_format",
  ],
  [
    "a bad sig",
    envelopeText("[]", { signatures: [{ keyid: "ab".repeat(8), sig: "" }] }),
    "sig_format",
  ],
  [
    "17 signatures",
    envelopeText("[]", {
      signatures: Array(17).fill({ keyid: "ab".repeat(8), sig: SIGNATURE }),
    }),
    "limit",
  ],
  ["#47 100,000 levels", "[".repeat(100_000), "depth"],
  ["#48 1e400", envelopeText("[]").replace("}", ',"n":1e400}'), "number"],
  ["#49 a lone surrogate", '{"machines":"W10=","x":"\\ud800"}', "text"],
];
for (const [what, input, code] of table) {
  Deno.test(`readEnvelope() refuses ${what}`, () => {
    refuses(input, code);
  });
}

Deno.test("readEnvelope() says what to do about the usual mistakes", () => {
  strictEqual(refuses('{"Machines":"W10="}', "key_case").hint?.includes("machines"), true);
  strictEqual(refuses('{"data":"W10="}', "machines_type").hint?.includes("wrapped"), true);
  strictEqual(refuses("{}", "machines_type").hint?.includes("pack"), true);
});

Deno.test("readEnvelope() takes base64 wrapped by CR and LF, and unknown keys (#9, #14)", () => {
  const envelope = readEnvelope(bytes('{"machines":"W1\\r\\n0=\\n","later":{"a":1},"toString":1}'));
  strictEqual(new TextDecoder().decode(envelope.payload), "[]");
  deepStrictEqual(envelope.unknownKeys, ["later", "toString"]);
  strictEqual(new TextDecoder().decode(envelope.bytes), '{"machines":"W10="}');
});

Deno.test("readEnvelope() takes signatures in either case; null and empty count as none (#17, #19)", () => {
  const upper = readEnvelope(bytes(envelopeText("[]", {
    signature: SIGNATURE.toUpperCase(),
    signatures: [{ keyid: "AB".repeat(8), sig: SIGNATURE.toUpperCase(), more: 1 }],
  })));
  strictEqual(upper.signature, SIGNATURE);
  deepStrictEqual(upper.signatures, [{ keyid: "ab".repeat(8), sig: SIGNATURE }]);
  for (const signature of [null, "", undefined]) {
    strictEqual(readEnvelope(bytes(envelopeText("[]", { signature }))).signature, undefined);
  }
});

Deno.test("readEnvelope() takes 1 MiB and no more, and does not parse what is above (#15)", () => {
  const filled = (size: number) =>
    envelopeText("[]", { x: "" }).replace('""', `"${"x".repeat(size - 26)}"`);
  strictEqual(filled(100).length, 100);
  readEnvelope(bytes(filled(MAX_ENVELOPE_BYTES - 1)));
  readEnvelope(bytes(filled(MAX_ENVELOPE_BYTES)));
  refuses(filled(MAX_ENVELOPE_BYTES + 1), "too_large");
  refuses("x".repeat(MAX_ENVELOPE_BYTES + 1), "too_large");
});

Deno.test("envelopeFromData() takes a payload of 768 KiB and no more", () => {
  const of = (size: number) =>
    envelopeFromData({ machines: new Uint8Array(size).toBase64().slice(0, MAX_ENVELOPE_BYTES) });
  strictEqual(of(MAX_PAYLOAD_BYTES - 1).payload.length, MAX_PAYLOAD_BYTES - 1);
  strictEqual(of(MAX_PAYLOAD_BYTES).payload.length, MAX_PAYLOAD_BYTES);
  throws(() => envelopeFromData({ machines: new Uint8Array(MAX_PAYLOAD_BYTES + 1).toBase64() }), {
    code: "too_large",
  });
});

Deno.test("envelopeFromData() reads the object that the kv watcher stored, and nothing inherited", () => {
  const envelope = envelopeFromData(JSON.parse(new TextDecoder().decode(data("seed_spec.json"))));
  deepStrictEqual(envelope, readEnvelope(data("seed_spec.json")));
  throws(() => envelopeFromData(Object.create({ machines: "W10=" })), { code: "machines_type" });
  for (const value of [undefined, null, 1, [], true]) {
    throws(() => envelopeFromData(value), { code: "envelope_type" });
  }
});
