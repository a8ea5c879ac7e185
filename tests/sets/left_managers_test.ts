import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { brief, envelope, SetWorld } from "./fixture.ts";

const SUM = "ab".repeat(32);

/** As the reference's text template has it, blank lines included. */
const rendered = (name: string, target: string) =>
  `name: "mm_${name}"
version: 1.0.0
initial_state: MANAGE

transitions:
  - name: enter_maintenance
    from: [MANAGE]
    destination: MAINTENANCE

  - name: resume
    from: [MAINTENANCE]
    destination: MANAGE

watchers:
  - name: download
    type: archive
    interval: "2m0s"
    state_match:
      - MANAGE
    properties:
      source: "https://example.net/${name}.tgz"
      checksum: "${SUM}"
      verify: "SHA256SUMS"
      verify_checksum: "${SUM}"
      creates: "${name}"
      target: "${target}"
      username: ""
      password: ""
`;

/** The seed's manager, as printed: "state_match" twice. */
const MANAGER = `name: NAME
watchers:
  - name: manage_machines
    state_match: [MANAGE]
    type: machines
    state_match:
      - MANAGE
`;

function put(world: SetWorld, path: string, text: string): void {
  const directory = world.path(path.slice(0, path.lastIndexOf("/")));
  Deno.mkdirSync(directory, { recursive: true });
  Deno.writeTextFileSync(world.path(path), text);
}

/** A directory in which the reference has installed machines. */
function furnish(world: SetWorld, ...names: readonly string[]): void {
  for (const name of names) {
    world.install(name);
    put(world, `mm_${name}/machine.yaml`, rendered(name, world.machines));
  }
}

Deno.test("TrustedSet.settle() removes what the reference left and the list does not want, to the trash", async () => {
  await using world = new SetWorld();
  furnish(world, "facts", "gone");
  const report = await world.settle(envelope(["facts"]));
  deepStrictEqual([report.written, report.removed], [["facts"], ["gone"]]);
  deepStrictEqual(report.machines[1], {
    name: "gone",
    wanted: false,
    code: undefined,
    reason: "the reference's manager left it here, and it is not in the list",
  });
  deepStrictEqual(report.foreign, []);
  deepStrictEqual(world.discarded, ["mm_gone", "gone"]);
  deepStrictEqual(world.neighbours.seen.slice(0, 2), ["hold mm_gone", "hold gone"]);
  deepStrictEqual(world.names(), ["facts", "mm_facts"]);
  strictEqual((await world.settle(envelope(["facts"]))).result, "unchanged");
});

Deno.test("TrustedSet.settle() holds what the reference left under the purge guard", async () => {
  await using world = new SetWorld();
  furnish(world, "a", "b", "c", "keep");
  const report = await world.settle(envelope(["keep"]));
  deepStrictEqual(brief(report), {
    result: "error",
    code: "purge_guard",
    written: ["keep"],
    removed: [],
    machines: ["keep true", "a false purge_guard", "b false purge_guard", "c false purge_guard"],
  });
  deepStrictEqual(world.discarded, []);
  const allowed = envelope(["keep"], { spec: { version: 1, allow_purge: ["a", "b", "c"] } });
  deepStrictEqual((await world.settle(allowed)).removed, ["a", "b", "c"]);
});

Deno.test("TrustedSet.settle() removes what the reference left once its match was false three times", async () => {
  await using world = new SetWorld();
  furnish(world, "facts", "gone");
  const list = envelope(["facts", { name: "gone", match: "false" }]);
  for (const look of [1, 2]) {
    deepStrictEqual(brief(await world.settle(list)).machines, [
      "facts true",
      "gone false flapping",
    ], `look ${look}`);
    world.restart();
  }
  deepStrictEqual((await world.settle(list)).removed, ["gone"]);
});

Deno.test("TrustedSet.settle() leaves what the reference left without purge, and without a verified list", async () => {
  await using world = new SetWorld({ purge: false });
  furnish(world, "facts", "gone");
  deepStrictEqual((await world.settle(envelope(["facts"]))).removed, []);
  world.restart({ purge: true });
  const report = await world.settle(undefined);
  deepStrictEqual([report.code, report.removed], ["spec_absent", []]);
  deepStrictEqual(report.foreign, ["gone", "mm_gone"]);
});

const broken: [string, (text: string) => string][] = [
  ["another interval key", (text) => text.replace("interval:", "splay:")],
  ["another watcher's name", (text) => text.replace("download", "fetch")],
  [
    "one more property",
    (text) => text.replace("      username", "      insecure: true\n      username"),
  ],
  ["one more watcher", (text) => `${text}  - name: more\n    type: exec\n`],
  ["one more key", (text) => `${text}splay_start: 10s\n`],
  ["another version", (text) => text.replace("1.0.0", "1.0.1")],
  ["another name", (text) => text.replace('"mm_', '"mx_')],
  ["another machine", (text) => text.replace('creates: "gone"', 'creates: "other"')],
  ["another target", (text) => text.replace(/target: .*/, 'target: "/elsewhere"')],
  ["another sums file", (text) => text.replace("SHA256SUMS", "SUMS")],
  ["no checksum", (text) => text.replace(SUM, "")],
  ["a password that is no text", (text) => text.replace('password: ""', "password: 1")],
  ["another transition", (text) => text.replace("resume", "go_on")],
  ["no YAML", (text) => `${text}"`],
];

for (const [what, change] of broken) {
  Deno.test(`TrustedSet.settle() leaves a manager of somebody's own: ${what} (#184)`, async () => {
    await using world = new SetWorld();
    furnish(world, "gone");
    put(world, "mm_gone/machine.yaml", change(rendered("gone", world.machines)));
    const report = await world.settle(envelope(["facts"]));
    deepStrictEqual([report.removed, report.foreign], [[], ["gone", "mm_gone"]]);
    deepStrictEqual(world.names(), ["gone", "mm_facts", "mm_gone"]);
  });
}

const others: [string, (world: SetWorld) => void, string?][] = [
  ["runs here", (world) => put(world, "second/machine.yaml", MANAGER.replace("NAME", "second"))],
  ["may run here", (world) => put(world, "second/machine.yaml", "name: [")],
  ["of plugins runs here", (world) => put(world, "p/machine.yaml", "watchers: [{type: plugins}]")],
  ["has been here", (world) => put(world, ".machinist/managers/second/trust.json", "{}")],
  [
    "is built in",
    (world) => put(world, ".machinist/manager/trust.json", "{}"),
    "managers/first",
  ],
  [
    "manages this one",
    (world) => put(world, "mm_first/machine.yaml", rendered("first", world.machines)),
    "managers/first",
  ],
];

for (const [what, add, owner = "manager"] of others) {
  Deno.test(`TrustedSet.settle() leaves what the reference left when another manager ${what} (#184)`, async () => {
    await using world = new SetWorld({ owner });
    furnish(world, "gone");
    put(world, "first/machine.yaml", owner === "manager" ? "" : MANAGER.replace("NAME", "first"));
    add(world);
    const report = await world.settle(envelope(["facts"]));
    deepStrictEqual([report.written, report.removed], [["facts"], []]);
    strictEqual(report.foreign.includes("mm_gone"), true);
  });
}

Deno.test("TrustedSet.settle() of the seed's manager takes its directory over", async () => {
  await using world = new SetWorld({ owner: "managers/first" });
  furnish(world, "gone", "facts");
  put(world, "first/machine.yaml", MANAGER.replace("NAME", "first"));
  const report = await world.settle(envelope(["facts"]));
  deepStrictEqual([report.removed, report.foreign], [["gone"], ["first"]]);
});

Deno.test("TrustedSet.settle() goes on when a manager of somebody's own cannot be read", async () => {
  await using world = new SetWorld();
  furnish(world, "gone");
  Deno.mkdirSync(world.path("mm_big/machine.yaml"), { recursive: true });
  put(world, "mm_large/machine.yaml", "#".repeat(300_000));
  const report = await world.settle(envelope(["facts"]));
  deepStrictEqual([report.result, report.written, report.removed], ["updated", ["facts"], []]);
});
