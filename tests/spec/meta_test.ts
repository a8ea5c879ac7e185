import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import type { SpecErrorCode } from "../../src/spec/spec_error.ts";
import { entry, key, parse, SEED_PUBLIC, specEntry } from "./fixture.ts";

Deno.test("parseSpecification() reads what a list says about itself", () => {
  const { meta, machines } = parse([
    specEntry({
      format: 1,
      version: 42,
      issued: "2026-11-22T16:00:00Z",
      expires: "2026-12-22T16:00:00.5+01:00",
      channel: "prod",
      crit: ["size", "mirrors"],
      allow_purge: ["old-thing"],
      keys: { threshold: 1, keys: [key(1).publicKey.hex, key(2).publicKey.hex] },
      revoked: [SEED_PUBLIC.toUpperCase()],
      later: { something: true },
    }),
    entry(),
  ]);
  strictEqual(machines.length, 1);
  deepStrictEqual({ ...meta, keys: meta?.keys?.keys.map(({ hex }) => hex) }, {
    version: 42,
    issued: Date.UTC(2026, 10, 22, 16),
    expires: Date.UTC(2026, 11, 22, 15, 0, 0, 500),
    channel: "prod",
    crit: ["size", "mirrors"],
    allowPurge: ["old-thing"],
    keys: [key(1).publicKey.hex, key(2).publicKey.hex],
    revoked: [SEED_PUBLIC],
  });
});

Deno.test("parseSpecification() takes a _spec element that says nothing, also alone", () => {
  const { meta, machines } = parse([specEntry()]);
  deepStrictEqual(machines, []);
  strictEqual(meta?.version, undefined);
  deepStrictEqual(meta?.allowPurge, []);
});

const broken: [string, unknown[], SpecErrorCode, string?][] = [
  ["not first", [entry(), specEntry()], "spec_entry"],
  ["twice", [specEntry(), specEntry()], "spec_entry"],
  ["with another match", [specEntry({}, { match: "true" })], "spec_entry"],
  ["without match", [specEntry({}, { match: undefined })], "spec_entry"],
  ["without spec", [specEntry({}, { spec: undefined })], "spec_entry"],
  ["with a list for spec", [specEntry({}, { spec: [] })], "field_type"],
  ["without source", [specEntry({}, { source: "" })], "field_missing"],
  ["with a bad checksum", [specEntry({}, { checksum: "0" })], "checksum"],
];
for (const [what, payload, code] of broken) {
  Deno.test(`parseSpecification() refuses a _spec element ${what}`, () => {
    throws(() => parse(payload), { code });
  });
}

const bodies: [string, Record<string, unknown>, SpecErrorCode][] = [
  ["format 2", { format: 2 }, "crit_unsupported"],
  ["version 1.5", { version: 1.5 }, "number"],
  ["version -1", { version: -1 }, "number"],
  ['version "1"', { version: "1" }, "number"],
  ["#56 version 2^48 + 1", { version: 2 ** 48 + 1 }, "version_limit"],
  ["#56 version 2^53 - 1", { version: Number.MAX_SAFE_INTEGER }, "version_limit"],
  ["#61 crit waves", { crit: ["size", "waves"] }, "crit_unsupported"],
  ["crit a string", { crit: "size" }, "field_type"],
  ["expires a number", { expires: 1 }, "field_type"],
  ["expires a date", { expires: "2026-12-22" }, "spec_entry"],
  ["expires without zone", { expires: "2026-12-22T00:00:00" }, "spec_entry"],
  ["expires on 31 February", { expires: "2026-02-31T00:00:00Z" }, "spec_entry"],
  ["issued in month 13", { issued: "2026-13-01T00:00:00Z" }, "spec_entry"],
  ["channel 1", { channel: 1 }, "field_type"],
  ["allow_purge of numbers", { allow_purge: [1] }, "field_type"],
  ["allow_purge 1.5", { allow_purge: 1.5 }, "number"],
  ["keys a list", { keys: [SEED_PUBLIC] }, "field_type"],
  ["keys without keys", { keys: { threshold: 1 } }, "spec_entry"],
  ["keys twice the same", { keys: { keys: [SEED_PUBLIC, SEED_PUBLIC] } }, "spec_entry"],
  ["a threshold above the keys", { keys: { threshold: 2, keys: [SEED_PUBLIC] } }, "number"],
  ["a threshold of 0", { keys: { threshold: 0, keys: [SEED_PUBLIC] } }, "number"],
  ["a weak key", { keys: { keys: ["00".repeat(32)] } }, "spec_entry"],
  ["revoked not hex", { revoked: ["x"] }, "spec_entry"],
  ["#44 Version", { Version: 1 }, "key_case"],
];
for (const [what, body, code] of bodies) {
  Deno.test(`parseSpecification() refuses _spec with ${what}`, () => {
    throws(() => parse([specEntry(body)]), { code });
  });
}

Deno.test("parseSpecification() takes versions up to 2^48", () => {
  for (const version of [0, 1, 2 ** 48 - 1, 2 ** 48]) {
    strictEqual(parse([specEntry({ version })]).meta?.version, version);
  }
  strictEqual(parse([specEntry({ allow_purge: 7 })]).meta?.allowPurge, 7);
});
