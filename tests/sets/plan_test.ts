import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Desired } from "../../src/sets/desired.ts";
import type { ManagedRecord } from "../../src/sets/managed_records.ts";
import { plan, type PlanInput, type Standing } from "../../src/sets/plan.ts";
import { entry, parse } from "../spec/fixture.ts";

const [machine] = parse([entry({ name: "a" })]).machines;
if (machine === undefined) throw new Error("Cannot happen");

const record: ManagedRecord = {
  manager: "manager",
  checksum: machine.checksum,
  verifyChecksum: machine.verifyChecksum,
  allowUnlisted: [],
  previous: [],
  match: "",
  unmatched: 0,
  since: 5,
};
const wants = (wanted: boolean | null): Desired => ({
  machine,
  wanted,
  code: wanted === null ? "match_error" : undefined,
  reason: "why",
});
const input = (changes: Partial<PlanInput> & { readonly stands?: Standing }): PlanInput => ({
  owner: "manager",
  desired: [wants(true)],
  records: new Map(),
  standing: changes.stands === undefined ? new Map() : new Map([["a", changes.stands]]),
  purge: true,
  now: 9,
  ...changes,
});
const ours = new Map([["a", record]]);

const cases: [string, Parameters<typeof input>[0], string][] = [
  ["nothing stands", {}, "write a: it is new"],
  [
    "a stranger of that name stands",
    { stands: { manager: "absent", machine: true } },
    "hold a foreign",
  ],
  [
    "a stranger has the manager's name",
    { stands: { manager: "foreign", machine: false } },
    "hold a foreign",
  ],
  [
    "another manager's manifest stands",
    { stands: { manager: "different", machine: true } },
    "write a: taken over from another manager",
  ],
  [
    "just our manifest stands, without record",
    { stands: { manager: "current", machine: true } },
    "keep a: taken over as it stands",
  ],
  [
    "all is as it should be",
    { records: ours, stands: { manager: "current", machine: true } },
    "keep a: it is as the list has it",
  ],
  [
    "the manager is gone",
    { records: ours, stands: { manager: "absent", machine: true } },
    "write a: its manager machine is not as it should be",
  ],
  ["the archive is another one", {
    records: new Map([["a", { ...record, checksum: "ab".repeat(32) }]]),
    stands: { manager: "different", machine: true },
  }, "write a: the list has another archive"],
  [
    "it is another manager's",
    { records: new Map([["a", { ...record, manager: "managers/x" }]]) },
    "hold a foreign",
  ],
  ["it cannot be told", { desired: [wants(null)], records: ours }, "hold a match_error"],
  ["it is not wanted and not there", { desired: [wants(false)] }, ""],
  ["it is not wanted and another manager's", {
    desired: [wants(false)],
    records: new Map([["a", { ...record, manager: "managers/x" }]]),
  }, ""],
  [
    "it was listed",
    { desired: [], records: ours, guard: false },
    "remove a: it is not in the list any more",
  ],
  [
    "it was listed, and there is no purge",
    { desired: [], records: ours, purge: false },
    "keep a: it is not in the list any more; nothing is removed now",
  ],
];

for (const [what, changes, want] of cases) {
  Deno.test(`plan() when ${what}`, () => {
    const { steps } = plan(input(changes));
    const told = steps.map(({ kind, name, code, why }) =>
      kind === "hold" ? `${kind} ${name} ${code}` : `${kind} ${name}: ${why}`
    );
    strictEqual(told.join("\n"), want);
    for (const step of steps) strictEqual(step.why.length > 0, true);
  });
}

Deno.test("plan() keeps the time at which a machine came", () => {
  const [fresh] = plan(input({})).steps;
  strictEqual(fresh?.record?.since, 9);
  const [kept] = plan(input({ records: ours })).steps;
  strictEqual(kept?.record?.since, 5);
});

Deno.test("plan() remembers what was signed before, for as long as it may still stand there", () => {
  const tree = (checksum: string) => ({ checksum, verifyChecksum: "v", allowUnlisted: [] });
  const next = (record: ManagedRecord) =>
    plan(input({ records: new Map([["a", record]]) })).steps[0]?.record?.previous.map((one) =>
      one.checksum
    );
  deepStrictEqual(next({ ...record, checksum: "1" }), ["1"]);
  const older = ["2", "3", machine.checksum, "4", "5"].map(tree);
  deepStrictEqual(next({ ...record, checksum: "1", previous: older }), ["1", "2", "3", "4"]);
  deepStrictEqual(next({ ...record, previous: [tree("9")] }), ["9"]);
});

Deno.test("plan() gives the same for the same", () => {
  const asked = input({ records: ours, desired: [wants(false)] });
  deepStrictEqual(plan(asked), plan(asked));
});
