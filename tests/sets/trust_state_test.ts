import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { key } from "../spec/fixture.ts";
import { brief, envelope, SetWorld } from "./fixture.ts";

const versions = (version: number) => envelope(["a"], { spec: { version } });
const TRUST = ".machinist/manager/trust.json";
const LKG = ".machinist/manager/lkg.json";
const SEAL = "tmp/.seal/manager.json";

/** What happens to the state between two runs, after versions 1 and 2: what a start warns of. */
const cases: [string, (world: SetWorld, old: Map<string, string>) => void, string[]][] = [
  ["trust.json deleted", (world) => Deno.removeSync(world.path(TRUST)), ["trust_restored"]],
  ["trust.json truncated", (world) => Deno.truncateSync(world.path(TRUST), 40), ["trust_damaged"]],
  ["trust.json emptied", (world) => Deno.truncateSync(world.path(TRUST), 0), ["trust_damaged"]],
  ["trust.json edited", (world) => {
    const text = Deno.readTextFileSync(world.path(TRUST));
    Deno.writeTextFileSync(world.path(TRUST), text.replace('"version":2', '"version":1'));
  }, ["trust_damaged"]],
  ["an older trust.json put back", (world, old) => {
    Deno.writeTextFileSync(world.path(TRUST), old.get(TRUST) ?? "");
  }, ["floor_disagrees"]],
  ["the second copy deleted", (world) => Deno.removeSync(world.path(SEAL)), []],
  ["an older second copy put back", (world, old) => {
    Deno.writeTextFileSync(world.path(SEAL), old.get(SEAL) ?? "");
  }, []],
  ["both copies deleted", (world) => {
    Deno.removeSync(world.path(TRUST));
    Deno.removeSync(world.path("tmp"), { recursive: true });
  }, ["floor_lost"]],
  ["lkg.json deleted", (world) => Deno.removeSync(world.path(LKG)), []],
  ["lkg.json truncated", (world) => Deno.truncateSync(world.path(LKG), 9), ["lkg_invalid"]],
  ["an older lkg.json put back", (world, old) => {
    Deno.writeTextFileSync(world.path(LKG), old.get(LKG) ?? "");
  }, ["lkg_older"]],
  ["a permission that cannot be read", (world) => {
    Deno.mkdirSync(world.path(".machinist/manager/override.json"));
  }, []],
  ["lkg.json by another key", (world) => {
    Deno.writeFileSync(world.path(LKG), envelope(["b"], { keys: [key(2)] }).bytes);
  }, ["lkg_invalid"]],
];

for (const [what, act, warnings] of cases) {
  Deno.test(`TrustedSet still refuses a roll-back with ${what} (#177)`, async () => {
    await using world = new SetWorld();
    const old = new Map<string, string>();
    await world.settle(versions(1));
    for (const name of [TRUST, LKG, SEAL]) old.set(name, Deno.readTextFileSync(world.path(name)));
    await world.settle(versions(2));
    act(world, old);
    world.restart();
    const report = await world.settle(versions(1));
    deepStrictEqual([report.code, report.warnings], ["rollback", warnings]);
    deepStrictEqual(world.names(), ["mm_a"]);
    world.restart();
    strictEqual((await world.settle(versions(2))).code, undefined);
    world.restart();
    deepStrictEqual((await world.settle(versions(2))).warnings, [], "healed");
    for (const name of [TRUST, LKG, SEAL]) {
      strictEqual(Deno.lstatSync(world.path(name)).isFile, true, name);
    }
  });
}

Deno.test("TrustedSet does not go back offline to an older lkg.json that was put back (#54, #177)", async () => {
  await using world = new SetWorld();
  const list = (version: number, checksum: string) =>
    envelope([{ name: "a", checksum: checksum.repeat(64) }], { spec: { version } });
  await world.settle(list(1, "1"));
  const older = Deno.readTextFileSync(world.path(LKG));
  await world.settle(list(2, "2"));
  const manifest = Deno.readTextFileSync(world.path("mm_a/machine.yaml"));
  for (const lkg of [older, new TextDecoder().decode(list(2, "3").bytes)]) {
    Deno.writeTextFileSync(world.path(LKG), lkg);
    world.restart();
    const report = await world.settle(undefined);
    deepStrictEqual([report.code, report.warnings], ["spec_absent", ["lkg_older"]]);
    strictEqual(Deno.readTextFileSync(world.path("mm_a/machine.yaml")), manifest);
  }
  strictEqual((await world.settle(list(2, "2"))).spec?.version, 2);
});

Deno.test("TrustedSet leaves the state of a newer agent as it is, and runs what is in force (#212)", async () => {
  await using world = new SetWorld();
  await world.settle(versions(1));
  const text = '{"format":2,"anything":true}';
  Deno.writeTextFileSync(world.path(TRUST), text);
  world.restart();
  Deno.removeSync(world.path("mm_a"), { recursive: true });
  const report = await world.settle(versions(2));
  deepStrictEqual([report.code, report.spec?.version], ["read_only", 1]);
  deepStrictEqual(world.names(), ["mm_a"]);
  strictEqual(Deno.readTextFileSync(world.path(TRUST)), text);
  strictEqual((await world.settle(versions(1))).result, "unchanged");
  strictEqual(Deno.readTextFileSync(world.path(TRUST)), text);
});

Deno.test("TrustedSet leaves the records of a newer agent as they are (#212)", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a", "b"]));
  const text = '{"format":2}';
  Deno.writeTextFileSync(world.path(".machinist/managed.json"), text);
  const report = await world.settle(envelope(["a"]));
  deepStrictEqual([report.removed, report.warnings], [[], ["records_newer"]]);
  deepStrictEqual(world.names(), ["mm_a", "mm_b"]);
  strictEqual(Deno.readTextFileSync(world.path(".machinist/managed.json")), text);
});

Deno.test("TrustedSet takes its machines over again when the records are damaged", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a", "b"]));
  world.install("a", "b");
  Deno.truncateSync(world.path(".machinist/managed.json"), 20);
  const report = await world.settle(envelope(["a"]));
  deepStrictEqual([report.removed, report.warnings, report.foreign], [[], ["records_damaged"], [
    "b",
    "mm_b",
  ]]);
  await world.settle(envelope(["a", "b"]));
  deepStrictEqual(brief(await world.settle(envelope(["a"]))).removed, ["b"]);
});

Deno.test("TrustedSet.settle() mends damaged records even when nothing is wanted", async () => {
  await using world = new SetWorld();
  Deno.writeTextFileSync(world.path(".machinist/managed.json"), "");
  const list = envelope([{ name: "a", match: "false" }]);
  deepStrictEqual((await world.settle(list)).warnings, ["records_damaged"]);
  deepStrictEqual((await world.settle(list)).warnings, []);
});
