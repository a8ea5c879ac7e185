import { ok, strictEqual } from "node:assert/strict";
import { compileMatch } from "../../src/match/match.ts";
import { encodeEnvelope, readEnvelope } from "../../src/spec/envelope.ts";
import { lint } from "../../src/spec/lint.ts";
import { SpecError } from "../../src/spec/spec_error.ts";
import { parseSpecification, type Specification } from "../../src/spec/specification.ts";
import { trustUnsigned } from "../../src/spec/verify.ts";
import { managerManifest } from "../../src/sets/manager_manifest.ts";
import { parseManifest } from "../../src/machine/manifest.ts";
import { bytes, data, entry, specEntry } from "../spec/fixture.ts";
import type { FuzzTarget } from "./engine.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const HEX = /^[0-9a-f]{64}$/;

const list = (...entries: readonly unknown[]) => bytes(JSON.stringify(entries));

function parse(payload: Uint8Array): Specification | undefined {
  try {
    return parseSpecification(trustUnsigned(readEnvelope(bytes(encodeEnvelope({ payload })))));
  } catch (error) {
    if (error instanceof SpecError) return undefined;
    throw error;
  }
}

/** Whatever the payload: refused by code, or machines that are safe to name directories after. */
export const target: FuzzTarget = {
  name: "specification",
  corpus: [
    list(),
    list(entry()),
    list(
      entry({ username: "u", password: "p", governor: "g", match: "identity('x')" }),
      entry({ name: "b", x: { size: 9, mirrors: ["https://a/b.tgz"], timeout_ms: 1000 } }),
      entry({ name: "c", source: "https://u:p@h/c.tgz?t=1", x: { allow_unlisted: ["data/"] } }),
    ),
    list(specEntry({ format: 1, version: 3, expires: "2030-01-01T00:00:00Z", allow_purge: ["a"] })),
    data("seed_machines.json"),
    data("golden_machines.json"),
  ],
  tokens: [
    '"name":"_spec"',
    '"name":"mm_a"',
    '"name":"a/../b"',
    '"NAME"',
    '"x":{}',
    '"size":1e3',
    "null",
    "[]",
    "{}",
    "{{ lookup }}",
    "file:///etc/passwd",
    "https://",
    "\\u0000",
    "\\ud800",
    "-0",
    "9007199254740993",
    "__proto__",
  ],
  run(payload) {
    const complaints = lint(payload, { compileMatch }).complaints;
    const specification = parse(payload);
    if (specification === undefined) return ok(complaints.length > 0, "lint finds nothing");
    const names = specification.machines.map(({ name }) => name);
    strictEqual(new Set(names.map((name) => name.toLowerCase())).size, names.length);
    for (const machine of specification.machines) {
      ok(NAME.test(machine.name) && !machine.name.includes(".."), machine.name);
      ok(HEX.test(machine.checksum) && HEX.test(machine.verifyChecksum));
      ok(/^https?:\/\//.test(machine.source), "another scheme");
      const text = managerManifest(machine, { target: "/m", intervalMs: 60_000 });
      const { definition } = parseManifest(text);
      strictEqual(definition.watchers.length, 1);
      strictEqual(definition.watchers[0]?.properties?.["creates"], machine.name);
      strictEqual(definition.watchers[0]?.properties?.["source"], machine.source);
    }
  },
};
