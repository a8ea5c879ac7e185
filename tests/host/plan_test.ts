import { deepStrictEqual } from "node:assert/strict";
import { plan, type Present } from "../../src/host/plan.ts";
import type { Scanned } from "../../src/host/scan.ts";

const machine = (directory: string, name = directory, digest = "1"): Scanned => ({
  kind: "machine",
  directory,
  digest,
  warnings: [],
  definition: { name, version: "1", initialState: "A", transitions: [], watchers: [] },
});

const runs = (directory: string, name = directory, digest = "1"): Present => ({
  directory,
  name,
  digest,
});

Deno.test("plan() gives every directory one step and its why", () => {
  const cases: [string, readonly Scanned[], readonly Present[], readonly string[]][] = [
    ["new", [machine("a")], [], ["start a: it is new"]],
    ["unchanged", [machine("a")], [runs("a")], ["keep a: it is unchanged"]],
    ["changed", [machine("a", "a", "2")], [runs("a")], [
      "restart a: its machine.yaml has changed",
    ]],
    ["gone", [], [runs("a")], ["stop a: the directory is gone"]],
    ["emptied", [{ kind: "empty", directory: "a" }], [runs("a")], [
      "stop a: its machine.yaml is gone",
    ]],
    ["empty", [{ kind: "empty", directory: "a" }], [], []],
    [
      "broken while it runs (M4)",
      [{ kind: "broken", directory: "a", digest: "2", code: "manifest_yaml", reason: "no" }],
      [runs("a")],
      ["refuse a: no [manifest_yaml] keeps"],
    ],
    [
      "broken and new",
      [{ kind: "broken", directory: "a", digest: "2", code: "manifest_yaml", reason: "no" }],
      [],
      ["refuse a: no [manifest_yaml]"],
    ],
    [
      "unreadable (#168)",
      [{ kind: "unknown", directory: "a", code: "io", reason: "no" }, machine("b")],
      [runs("a")],
      ["refuse a: no [io] keeps", "start b: it is new"],
    ],
  ];
  for (const [what, scanned, present, expected] of cases) {
    deepStrictEqual(steps({ scanned, present }), expected, what);
  }
});

Deno.test("plan() runs a machine name once: whoever runs it goes on, else the first (M9)", () => {
  const refusal = (name: string, directory: string, holder: string, keeps = "") =>
    `refuse ${directory}: Cannot run machine "${name}" from "${directory}": ${holder} runs it already [name_duplicate]${keeps}`;
  const two = [machine("a", "x"), machine("b", "x")];
  deepStrictEqual(steps({ scanned: two }), [
    "start a: it is new",
    refusal("x", "b", 'directory "a"'),
  ]);
  deepStrictEqual(steps({ scanned: two, present: [runs("b", "x")] }), [
    refusal("x", "a", 'directory "b"'),
    "keep b: it is unchanged",
  ]);
  deepStrictEqual(steps({ scanned: two, embedded: ["x"] }), [
    refusal("x", "a", "the agent itself"),
    refusal("x", "b", "the agent itself"),
  ]);
  deepStrictEqual(steps({ scanned: [machine("b", "x")], present: [runs("a", "x")] }), [
    "start b: it is new",
    "stop a: the directory is gone",
  ]);
  // One that takes another name gives its own up.
  const renamed = [machine("a", "y", "2"), machine("b", "x")];
  deepStrictEqual(steps({ scanned: renamed, present: [runs("a", "x")] }), [
    "restart a: its machine.yaml has changed",
    "start b: it is new",
  ]);
});

Deno.test("plan() runs a machine in the directory of its name, whoever has a copy (M9, #175)", () => {
  const two = [machine("a-copy", "x"), machine("x", "x")];
  deepStrictEqual(steps({ scanned: two }), [
    'refuse a-copy: Cannot run machine "x" from "a-copy": directory "x" runs it already [name_duplicate]',
    "start x: it is new",
  ]);
  deepStrictEqual(steps({ scanned: two, present: [runs("a-copy", "x")] }), [
    'stop a-copy: Cannot run machine "x" from "a-copy": directory "x" runs it already',
    "start x: it is new",
  ]);
});

function steps(options: {
  scanned: readonly Scanned[];
  present?: readonly Present[];
  embedded?: readonly string[];
}): readonly string[] {
  return plan({ present: [], embedded: [], ...options }).map((step) => {
    const more = step.kind === "refuse" ? ` [${step.code}]${step.keeps ? " keeps" : ""}` : "";
    return `${step.kind} ${step.directory}: ${step.why}${more}`;
  });
}
