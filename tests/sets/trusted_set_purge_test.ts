import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { guardReason } from "../../src/sets/guard.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { brief, envelope, type EnvelopeOptions, SetWorld } from "./fixture.ts";

const never = { name: "z", match: "false" };

/** Five machines first, then another list: what is removed, and the code. */
const cases: [string, Parameters<typeof envelope>[0], EnvelopeOptions, string[], string?][] = [
  ["#28 #181 an empty list", [], {}, [], "purge_guard"],
  ["#181 a list with nothing for this node", [never], {}, [], "purge_guard"],
  ["#181 three of five", ["a", "b"], {}, [], "purge_guard"],
  ["two of five", ["a", "b", "c"], {}, ["d", "e"]],
  ["one of five", ["a", "b", "c", "d"], {}, ["e"]],
  ["#181 an empty list that names all", [], {
    spec: { version: 1, allow_purge: ["a", "b", "c", "d", "e"] },
  }, ["a", "b", "c", "d", "e"]],
  [
    "#181 an empty list that names two",
    [],
    { spec: { allow_purge: ["a", "b"] } },
    ["a", "b"],
    "purge_guard",
  ],
  ["#181 an empty list that names its version", [], { spec: { version: 7, allow_purge: 7 } }, [
    "a",
    "b",
    "c",
    "d",
    "e",
  ]],
  [
    "#181 an empty list that names another version",
    [],
    { spec: { version: 8, allow_purge: 7 } },
    [],
    "purge_guard",
  ],
  ["three of five, one of them named", ["a", "b"], { spec: { allow_purge: ["e"] } }, [
    "c",
    "d",
    "e",
  ]],
  [
    "#181 matches that are all false now",
    ["a", "b", "c", "d", "e"].map((name) => ({ name, match: "false" })),
    {},
    [],
    "purge_guard",
  ],
];

for (const [what, machines, options, removed, code] of cases) {
  Deno.test(`TrustedSet.settle() under the purge guard: ${what}`, async () => {
    await using world = new SetWorld();
    await world.settle(envelope(["a", "b", "c", "d", "e"]));
    const report = await world.settle(envelope(machines, options));
    deepStrictEqual({ removed: report.removed, code: report.code }, { removed, code });
    strictEqual(report.result, code === undefined ? "updated" : "error");
    const held = report.machines.filter((machine) => machine.code === "purge_guard");
    strictEqual(held.length > 0, code === "purge_guard");
    // The same outcome for as long as the list stays (I7).
    strictEqual((await world.settle(envelope(machines, options))).code, code);
  });
}

Deno.test("TrustedSet.settle() empties a node when the guard is off or as the reference does", async () => {
  for (const options of [{ purgeGuard: false }, { purgeEmpty: "choria" as const }]) {
    await using world = new SetWorld(options);
    await world.settle(envelope(["a", "b", "c"]));
    deepStrictEqual((await world.settle(envelope([]))).removed, ["a", "b", "c"]);
    deepStrictEqual(world.names(), []);
  }
});

Deno.test("guardReason() lets one go always, and half of many", () => {
  const ask = (removals: number, managed: number) =>
    guardReason({
      removals: Array.from({ length: removals }, (_, n) => `m${n}`),
      managed,
      listed: 1,
      wanted: 1,
      enabled: true,
      purgeEmpty: "guard",
      allowed: [],
      allowAll: false,
    }) === undefined;
  deepStrictEqual([ask(0, 0), ask(1, 1), ask(1, 2), ask(2, 2), ask(2, 3)], [
    true,
    true,
    true,
    false,
    false,
  ]);
  deepStrictEqual([ask(2, 4), ask(3, 4), ask(50, 100), ask(51, 100)], [true, false, true, false]);
});

Deno.test("TrustedSet.settle() removes a machine whose match a new list makes false, at once", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a", "b"]));
  const report = await world.settle(envelope(["a", { name: "b", match: "identity('^db')" }]));
  deepStrictEqual(report.removed, ["b"]);
});

Deno.test("TrustedSet.settle() removes a machine only after three equal answers of a fact that flaps (#73)", async () => {
  await using world = new SetWorld();
  const list = envelope(["a", { name: "b", match: "has_file('/on')" }]);
  world.node.setPath("/on", "file");
  await world.settle(list);
  const look = async (on: boolean) => {
    world.node.setPath("/on", on ? "file" : undefined);
    // Over restarts too: a node that runs once and ends must come to an end with it.
    world.restart();
    return brief(await world.settle(list));
  };
  for (const on of [false, true, false, false, true, false, false]) {
    const { removed, machines, code } = await look(on);
    deepStrictEqual({ removed, code }, { removed: [], code: undefined });
    strictEqual(machines[1], on ? "b true" : "b false flapping");
  }
  deepStrictEqual((await look(false)).removed, ["b"]);
  deepStrictEqual((await look(true)).written, ["b"]);
});

Deno.test("TrustedSet.settle() neither deploys nor removes what cannot be matched (#65, #66, #70, #74)", async () => {
  await using world = new SetWorld();
  world.node.setFacts({ os: "linux" });
  const one = envelope(["a", { name: "b", match: "get_fact('os') == 'linux'" }]);
  await world.settle(one);
  world.node.setFacts(new Error("Cannot read facts"));
  for (let look = 0; look < 5; look++) {
    const report = await world.settle(one);
    deepStrictEqual(brief(report).machines, ["a true", "b null match_error"]);
    strictEqual(report.result, "unchanged");
  }
  const typo = envelope(["a", { name: "b", match: "get_fact('os' ==" }, { name: "c", match: "1" }]);
  deepStrictEqual(brief(await world.settle(typo)), {
    result: "unchanged",
    code: undefined,
    written: [],
    removed: [],
    machines: ["a true", "b null match_error", "c null match_error"],
  });
  deepStrictEqual(world.names(), ["mm_a", "mm_b"]);
});

Deno.test("TrustedSet.settle() never touches what it did not put there (#184, X13)", async () => {
  await using world = new SetWorld();
  world.install("mine", "mm_x", "facts", "lost+found");
  Deno.writeTextFileSync(world.path("note.txt"), "x");
  const report = await world.settle(envelope(["facts", "new"]));
  deepStrictEqual(brief(report).machines, ["facts true foreign", "new true"]);
  deepStrictEqual(report.written, ["new"]);
  deepStrictEqual(report.foreign, ["facts", "lost+found", "mine", "mm_x"]);
  await world.settle(envelope(["new"]));
  deepStrictEqual(world.names(), ["facts", "lost+found", "mine", "mm_new", "mm_x", "note.txt"]);
  deepStrictEqual(world.discarded, []);
});

Deno.test("TrustedSet.settle() does not take a manager's name for its own", async () => {
  await using world = new SetWorld();
  world.install("mm_a");
  Deno.symlinkSync("/etc", world.path("mm_b"));
  const report = await world.settle(envelope(["a", "b"]));
  deepStrictEqual(brief(report).machines, ["a true foreign", "b true foreign"]);
  deepStrictEqual(world.names(), ["mm_a", "mm_b"]);
});

Deno.test("TrustedSet.settle() leaves the machines of another manager alone", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a", "b"]));
  world.restart({ owner: "managers/second" });
  const report = await world.settle(envelope(["b", "c"]));
  deepStrictEqual(brief(report).machines, ["b true foreign", "c true"]);
  deepStrictEqual([report.written, report.removed], [["c"], []]);
  world.restart();
  deepStrictEqual((await world.settle(envelope(["b"]))).removed, ["a"]);
  deepStrictEqual(world.names(), ["mm_b", "mm_c"]);
});

Deno.test("TrustedSet.settle() takes over what the reference has installed", async () => {
  await using world = new SetWorld();
  world.install("facts");
  Deno.mkdirSync(world.path("mm_facts"));
  Deno.writeTextFileSync(
    world.path("mm_facts/machine.yaml"),
    `name: mm_facts
version: 1.0.0
initial_state: MANAGE
watchers:
  - name: download
    type: archive
    properties:
      source: "https://example.net/x.tgz"
      creates: "facts"
      target: "${world.machines}"
`,
  );
  deepStrictEqual((await world.settle(envelope(["facts", "b"]))).written, ["facts", "b"]);
  deepStrictEqual((await world.settle(envelope(["b"]))).removed, ["facts"]);
});

Deno.test("TrustedSet.settle() goes on with the others when one directory cannot be written (#168)", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a", "b"]));
  Deno.removeSync(world.path("mm_a"), { recursive: true });
  Deno.removeSync(world.path("mm_b"), { recursive: true });
  const broken = new FaultFs(new DenoFs(), {
    at: 1,
    sticky: true,
    fault: "denied",
    counts: (operation, path) => operation === "mkdir" && path.endsWith("mm_a"),
  });
  world.restart({}, broken);
  const report = await world.settle(envelope(["a", "b"]));
  deepStrictEqual(brief(report), {
    result: "error",
    code: "disk",
    written: ["b"],
    removed: [],
    machines: ["a true disk", "b true"],
  });
});
