import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { lint } from "../../src/spec/lint.ts";
import { type SpecEntryChange, writeSpecEntry } from "../../src/spec/spec_entry.ts";
import { bytes, entry, key, specEntry } from "./fixture.ts";

const NOON = Date.UTC(2026, 10, 22, 12);
const K1 = key(1).publicKey.hex;
const K2 = key(2).publicKey.hex;

/** What becomes of a list: its elements. */
function write(list: unknown, change: Omit<SpecEntryChange, "issued">): Record<string, unknown>[] {
  const payload = writeSpecEntry(bytes(JSON.stringify(list)), { issued: NOON + 250, ...change });
  return JSON.parse(new TextDecoder().decode(payload));
}

Deno.test("writeSpecEntry() makes the element first, as the reference ignores it", () => {
  const written = write([entry()], { version: 1 });
  deepStrictEqual(written, [
    specEntry({ format: 1, version: 1, issued: "2026-11-22T12:00:00Z" }),
    entry(),
  ]);
  deepStrictEqual(lint(bytes(JSON.stringify(written))).complaints, []);
});

const CASES: readonly [
  string,
  Record<string, unknown>,
  Omit<SpecEntryChange, "issued">,
  Record<string, unknown>,
][] = [
  ["keeps what is not changed", { version: 7, channel: "prod", later: [1] }, {}, {
    version: 7,
    channel: "prod",
    later: [1],
  }],
  ["replaces version and channel", { version: 7, channel: "test" }, {
    version: 8,
    channel: "prod",
  }, { version: 8, channel: "prod" }],
  ["sets an expiry", {}, { expires: "2026-12-22T12:00:00Z" }, { expires: "2026-12-22T12:00:00Z" }],
  ["drops an expiry", { expires: "2026-12-22T12:00:00Z" }, { expires: "never" }, {}],
  ["names keys with a threshold of one", {}, {
    trust: [key(1).publicKey],
  }, { keys: { threshold: 1, keys: [K1] } }],
  ["does not lower a threshold by itself", { keys: { threshold: 2, keys: [K1, K2] } }, {
    trust: [key(2).publicKey, key(1).publicKey],
  }, { keys: { threshold: 2, keys: [K2, K1] } }],
  ["changes a threshold alone", { keys: { threshold: 1, keys: [K1, K2] } }, {
    threshold: 2,
  }, { keys: { threshold: 2, keys: [K1, K2] } }],
  ["never takes a revocation back", { revoked: [K1] }, { revoke: [K2, K1] }, {
    revoked: [K1, K2],
  }],
  ["names what may go, instead of what might before", { allow_purge: ["a"] }, {
    allowPurge: ["b"],
  }, { allow_purge: ["b"] }],
  ["binds * to its version", {}, { version: 9, allowPurge: ["*"] }, {
    version: 9,
    allow_purge: 9,
  }],
  ["names what a node must know", { crit: ["a"] }, { crit: ["waves"] }, { crit: ["waves"] }],
];

for (const [what, before, change, after] of CASES) {
  Deno.test(`writeSpecEntry() ${what}`, () => {
    const [element, ...others] = write([specEntry({ format: 1, ...before }), entry()], change);
    deepStrictEqual(element?.["spec"], { format: 1, issued: "2026-11-22T12:00:00Z", ...after });
    deepStrictEqual(others, [entry()]);
  });
}

Deno.test("writeSpecEntry() throws for what is no list, and for what says nothing", () => {
  throws(() => write({}, {}), { name: "SpecError", code: "payload_type" });
  throws(() => write([], { threshold: 2 }), { name: "SpecError", code: "threshold" });
  throws(() => write([], { allowPurge: ["*"] }), { name: "SpecError", code: "version_missing" });
  for (const [text, code] of [["[", "payload_json"], ['[{"a":1,"a":2}]', "duplicate_key"]]) {
    throws(() => writeSpecEntry(bytes(text ?? ""), { issued: NOON }), { code });
  }
  const twice = write([entry(), specEntry()], { version: 1 });
  strictEqual(lint(bytes(JSON.stringify(twice))).complaints[0]?.code, "spec_entry");
});
