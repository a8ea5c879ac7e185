import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { addSignatures, pack } from "../../src/spec/pack.ts";
import { writeSpecEntry } from "../../src/spec/spec_entry.ts";
import { SEED } from "../cli/seed.ts";
import { referenceReads } from "../support/reference_reader.ts";
import { bytes, data, key } from "./fixture.ts";

/** What the reference makes of a list: names and matchers. */
function reads(value: string, publicKey: string) {
  return referenceReads(value, publicKey)
    .map((machine) => [machine.get("name"), machine.get("match")]);
}

const READ = [["_spec", "false"], ["facts", "has_command('facter')"]];

/** The seed document's list as its publisher would sign it with all that goes beyond the reference. */
function golden(): string {
  const payload = writeSpecEntry(SEED.payload, {
    issued: Date.UTC(2026, 10, 22, 16),
    version: 42,
    expires: "2026-12-22T16:00:00Z",
    channel: "prod",
    allowPurge: ["old-thing"],
    trust: [key(1).publicKey, key(2).publicKey],
    threshold: 2,
    revoke: [key(3).publicKey.hex],
  });
  const first = pack(payload, { keys: [key(1)] });
  return `${addSignatures(readEnvelope(bytes(first)), [key(2)])}\n`;
}

Deno.test("writeSpecEntry() and addSignatures() give the golden file byte for byte", () => {
  strictEqual(golden(), new TextDecoder().decode(data("golden_trust.json")));
});

Deno.test("writeSpecEntry() makes a list with version and expiry that the reference reads", () => {
  const value = new TextDecoder().decode(data("golden_trust.json"));
  deepStrictEqual(reads(value, key(1).publicKey.hex), READ);
});
