import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { trustPaths } from "../../src/sets/state_file.ts";
import { allowRollback } from "../../src/sets/trust_files.ts";
import { key } from "../spec/fixture.ts";
import { envelope, NOON, SetWorld } from "./fixture.ts";

const DAY = 86_400_000;
const at = (time: number) => new Date(time).toISOString();
const versions = (version: number, more: Record<string, unknown> = {}) =>
  envelope(["a"], { spec: { version, ...more } });
const hex = (n: number) => key(n).publicKey.hex;

/** Settles a list in a world that may just have been restarted: its code, or its version when it was taken. */
async function take(world: SetWorld, list: Parameters<SetWorld["settle"]>[0]) {
  const { code, spec } = await world.settle(list);
  return code ?? spec?.version;
}

Deno.test("TrustedSet takes versions that rise, and refuses older ones for good (#54, #196)", async () => {
  await using world = new SetWorld();
  strictEqual(await take(world, versions(5)), 5);
  strictEqual(await take(world, versions(4)), "rollback");
  strictEqual(await take(world, versions(9)), 9);
  world.restart();
  strictEqual(await take(world, versions(5)), "rollback");
  strictEqual(await take(world, versions(9)), 9);
  strictEqual(await take(world, versions(10)), 10);
});

Deno.test("TrustedSet refuses other content under the same version, naming both hashes (#55)", async () => {
  await using world = new SetWorld();
  const first = await world.settle(versions(1));
  const other = await world.settle(versions(1, { channel: "x" }));
  strictEqual(other.code, "equivocation");
  strictEqual(other.reason.includes(first.spec?.sha256 ?? "?"), true);
});

Deno.test("TrustedSet refuses a list without a version once there was one (#57), or at all", async () => {
  await using world = new SetWorld();
  strictEqual(await take(world, envelope(["a"])), undefined);
  strictEqual(await take(world, versions(0)), 0);
  strictEqual(await take(world, envelope(["a"])), "version_missing");
  world.restart({ requireVersion: true });
  strictEqual(await take(world, envelope(["a", "b"])), "version_missing");
  await using strict = new SetWorld({ requireVersion: true });
  strictEqual(await take(strict, envelope(["a"])), "version_missing");
  strictEqual(await take(strict, versions(1)), 1);
});

Deno.test("TrustedSet has a floor in its configuration that survives a wiped disk (#177)", async () => {
  await using world = new SetWorld({ minVersion: 7 });
  strictEqual(await take(world, envelope(["a"])), "version_missing");
  strictEqual(await take(world, versions(6)), "rollback");
  strictEqual(await take(world, versions(7)), 7);
});

Deno.test("TrustedSet refuses a list of another channel when both name one (#64)", async () => {
  await using world = new SetWorld({ channel: "prod" });
  strictEqual(await take(world, versions(1, { channel: "test" })), "audience");
  strictEqual(await take(world, versions(1)), 1);
  strictEqual(await take(world, versions(2, { channel: "prod" })), 2);
  await using other = new SetWorld();
  strictEqual(await take(other, versions(1, { channel: "test" })), 1);
});

Deno.test("TrustedSet refuses what has expired on arrival, and keeps what expires in force (#58, #59)", async () => {
  await using world = new SetWorld();
  strictEqual(await take(world, versions(1, { expires: at(NOON - 1) })), "expired");
  const list = versions(2, { issued: at(NOON), expires: at(NOON + 40 * DAY) });
  const warnings = async () => (await world.settle(list)).warnings;
  deepStrictEqual(await warnings(), []);
  const later: [number, string][] = [
    [11, "expires_within_30d"],
    [23, "expires_within_7d"],
    [5, "expires_within_1d"],
    [2, "stale"],
  ];
  for (const [days, warning] of later) {
    await world.clock.advance(days * DAY);
    deepStrictEqual(await warnings(), [warning]);
  }
  world.restart();
  deepStrictEqual(await warnings(), ["stale"]);
  strictEqual((await world.settle(list)).result, "unchanged");
  deepStrictEqual(world.names(), ["mm_a"]);
});

Deno.test("TrustedSet decides nothing by a clock that cannot be right (#60, #179)", async () => {
  await using world = new SetWorld();
  await world.settle(versions(1, { issued: at(NOON) }));
  world.clock.jump(-56 * 365 * DAY);
  const early = versions(2, { issued: at(NOON), expires: at(NOON - 60 * 365 * DAY) });
  const report = await world.settle(early);
  deepStrictEqual([report.code, report.spec?.version, report.warnings], [undefined, 2, [
    "clock_suspect",
  ]]);
  world.clock.jump(56 * 365 * DAY);
  deepStrictEqual((await world.settle(versions(3, { issued: at(NOON) }))).warnings, []);
  world.clock.jump(10 * 365 * DAY);
  const soon = versions(4, { expires: at(NOON + DAY) });
  deepStrictEqual((await world.settle(soon)).warnings, ["clock_suspect"]);
  world.clock.jump(-10 * 365 * DAY);
  deepStrictEqual((await world.settle(soon)).warnings, ["expires_within_1d"]);
});

Deno.test("TrustedSet believes a clock that was set right after a first start in 1970", async () => {
  await using world = new SetWorld();
  world.clock.jump(-NOON);
  strictEqual(await take(world, versions(1, { issued: at(NOON) })), 1);
  world.clock.jump(NOON);
  strictEqual(await take(world, versions(2, { expires: at(NOON - 1) })), "expired");
});

Deno.test("TrustedSet goes back once when somebody on the node allowed it, and says so", async () => {
  await using world = new SetWorld();
  const { machines, stateDirectory } = world;
  const paths = trustPaths({ machines, stateDirectory, owner: "manager" });
  const allow = (version: number) =>
    allowRollback(new DenoFs(), {
      paths,
      version,
      reason: "bad release",
      allowed: world.clock.now(),
    });
  await world.settle(versions(9));
  allow(4);
  strictEqual(await take(world, versions(5)), "rollback");
  strictEqual(await take(world, versions(4)), 4);
  strictEqual(world.log.text().includes("bad release"), true);
  strictEqual(await take(world, versions(9)), 9);
  strictEqual(await take(world, versions(4)), "rollback");
  // Used, but the agent was killed before it could remove it.
  allow(4);
  strictEqual(await take(world, versions(4)), "rollback");
  await world.clock.advance(1);
  allow(4);
  strictEqual(await take(world, versions(4)), 4);
  Deno.writeTextFileSync(paths.override, "{");
  strictEqual(await take(world, versions(3)), "rollback");
});

Deno.test("TrustedSet hands over to new keys that the old and the new ones sign (#62, #63)", async () => {
  await using world = new SetWorld();
  await world.settle(versions(1));
  const to2 = (keys: number[], version = 2) =>
    envelope(["a"], {
      spec: { version, keys: { threshold: 1, keys: [hex(2)] } },
      keys: keys.map(key),
    });
  strictEqual(await take(world, to2([1])), "rotation");
  strictEqual(await take(world, to2([2])), "sig_invalid");
  strictEqual(await take(world, to2([1, 2])), 2);
  world.restart();
  strictEqual(await take(world, versions(3)), "sig_invalid");
  strictEqual(await take(world, to2([1, 2])), 2);
  const by2 = envelope(["a"], { spec: { version: 3 }, keys: [key(2)] });
  strictEqual(await take(world, by2), 3);
});

Deno.test("TrustedSet counts distinct keys of a threshold, before and after a change (#62)", async () => {
  await using world = new SetWorld({ keys: [key(1).publicKey, key(2).publicKey], threshold: 2 });
  const list = (version: number, keys: number[], spec: Record<string, unknown> = {}) =>
    envelope(["a"], { spec: { version, ...spec }, keys: keys.map(key) });
  strictEqual(await take(world, list(1, [1])), "threshold");
  strictEqual(await take(world, list(1, [1, 1])), "threshold");
  strictEqual(await take(world, list(1, [3])), "sig_invalid");
  strictEqual(await take(world, list(1, [2, 1])), 1);
  const next = { keys: { threshold: 2, keys: [hex(2), hex(3)] } };
  strictEqual(await take(world, list(2, [1, 2], next)), "rotation");
  strictEqual(await take(world, list(2, [2, 3], next)), "threshold");
  strictEqual(await take(world, list(2, [1, 2, 3], next)), 2);
  strictEqual(await take(world, list(3, [1, 2])), "threshold");
  strictEqual(await take(world, list(3, [2, 3])), 3);
});

Deno.test("TrustedSet never trusts a revoked key again, and refuses it at start (#27)", async () => {
  await using world = new SetWorld({ keys: [key(1).publicKey, key(2).publicKey] });
  strictEqual(await take(world, versions(1, { revoked: [hex(1), hex(2)] })), "rotation");
  strictEqual(await take(world, versions(1, { revoked: [hex(2)] })), 1);
  world.restart();
  const by2 = envelope(["a"], { spec: { version: 2 }, keys: [key(2)] });
  strictEqual(await take(world, by2), "sig_invalid");
  const back = envelope(["a"], {
    spec: { version: 2, keys: { keys: [hex(2)] } },
    keys: [key(1), key(2)],
  });
  strictEqual(await take(world, back), "key_revoked");
  world.restart({ keys: [key(2).publicKey] });
  throws(() => world.set.load(), { code: "key_revoked" });
  strictEqual(await take(world, by2), "key_revoked");
});

Deno.test("TrustedSet recovers from a version that was set too high by new keys (#56)", async () => {
  await using world = new SetWorld();
  await world.settle(versions(2 ** 48));
  strictEqual(await take(world, versions(2)), "rollback");
  const rotation = envelope(["a"], {
    spec: { version: 2, keys: { keys: [hex(2)] } },
    keys: [key(1), key(2)],
  });
  strictEqual(await take(world, rotation), 2);
  // Or by the configuration, when no key is the same.
  world.restart({ keys: [key(3).publicKey] });
  strictEqual(await take(world, envelope(["a"], { spec: { version: 1 }, keys: [key(3)] })), 1);
});

Deno.test("TrustedSet keeps its floor when the configuration gets one more key", async () => {
  await using world = new SetWorld();
  await world.settle(versions(5));
  world.restart({ keys: [key(1).publicKey, key(2).publicKey] });
  strictEqual(await take(world, versions(4)), "rollback");
});
