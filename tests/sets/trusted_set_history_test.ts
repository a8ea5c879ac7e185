import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Envelope } from "../../src/spec/envelope.ts";
import { key } from "../spec/fixture.ts";
import { envelope, SetWorld } from "./fixture.ts";

const NAMES = ["a", "b", "c", "d", "e"] as const;

/** One thing that happens to a node. */
type Happening =
  | { readonly kind: "list"; readonly version: number; readonly names: readonly string[] }
  | { readonly kind: "unsigned" | "forged"; readonly names: readonly string[] }
  | { readonly kind: "bad_entry"; readonly version: number; readonly names: readonly string[] }
  | { readonly kind: "absent" | "garbage" | "restart" | "facts_gone" | "facts_back" | "again" };

const names = fc.subarray([...NAMES]);
const version = fc.integer({ min: 1, max: 12 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("list" as const), version, names }) },
  fc.record({ kind: fc.constantFrom("unsigned" as const, "forged" as const), names }),
  fc.record({ kind: fc.constant("bad_entry" as const), version, names }),
  fc.record({
    kind: fc.constantFrom(
      "absent" as const,
      "garbage" as const,
      "restart" as const,
      "facts_gone" as const,
      "facts_back" as const,
      "again" as const,
    ),
  }),
);

/** Each machine asks for a fact, so that facts which cannot be read make all of them unknown. */
const machines = (names: readonly string[]) =>
  names.map((name) => ({ name, match: "get_fact('on') == true" }));

/** Plays a history; after each step every machine that is gone must have been let go by a list. */
async function play(history: readonly Happening[]): Promise<void> {
  await using world = new SetWorld({ purgeGuard: false });
  world.node.setFacts({ on: true });
  const signal = new AbortController().signal;
  let last: Envelope | undefined;
  let accepted = { version: 0, names: [] as readonly string[] };
  for (const step of history) {
    const before = new Set(world.names());
    let newer: readonly string[] | undefined;
    let value: unknown;
    switch (step.kind) {
      case "list":
        last = envelope(machines(step.names), { spec: { version: step.version } });
        value = last;
        if (step.version > accepted.version) {
          newer = step.names;
          accepted = { version: step.version, names: step.names };
        }
        break;
      case "unsigned":
        value = envelope(machines(step.names), { keys: [] });
        break;
      case "forged":
        value = envelope(machines(step.names), { spec: { version: 99 }, keys: [key(2)] });
        break;
      case "bad_entry":
        value = envelope([...machines(step.names), "../x"], { spec: { version: step.version } });
        break;
      case "garbage":
        value = "{";
        break;
      case "restart":
        world.restart();
        break;
      case "facts_gone":
        world.node.setFacts(new Error("Cannot read facts"));
        break;
      case "facts_back":
        world.node.setFacts({ on: true });
        break;
      case "again":
        value = last;
        break;
      case "absent":
        break;
    }
    const isEnvelope = typeof value === "object" && value !== null;
    const report = isEnvelope
      ? await world.settle(value as Envelope)
      : await world.set.settleData(value, { signal });
    const after = new Set(world.names());
    const gone = NAMES.filter((name) => before.has(`mm_${name}`) && !after.has(`mm_${name}`));
    deepStrictEqual([...report.removed].sort(), gone, JSON.stringify(step));
    // Either this very list lets it go, or the accepted one is looked at again and did before.
    for (const name of gone) strictEqual((newer ?? accepted.names).includes(name), false, name);
    if (gone.length > 0) strictEqual(report.spec?.version, accepted.version);
    if (step.kind !== "list" && step.kind !== "again") deepStrictEqual(gone, []);
  }
}

Deno.test("TrustedSet.settle() removes a machine only after a newer verified list without it", async () => {
  const history = fc.array(happening, { minLength: 1, maxLength: 12 });
  await fc.assert(fc.asyncProperty(history, play), { seed: 20261122, numRuns: 80 });
});
