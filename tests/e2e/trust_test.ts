import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { TrustWorld } from "./trust_world.ts";
import { throughout } from "./until.ts";

Deno.test("a node takes newer editions only, until somebody allows it one older one (#54, #55)", async () => {
  await using world = await TrustWorld.open();
  const one = await world.pack("next", 1);
  const push = ["push", "-", "--public-key", world.first.publicKey];
  await world.cli(push, one);
  await using node = world.node();
  await world.untilRuns(1);
  const two = await world.pack("next", 2, { flags: ["--expires", "60d"] });
  await world.cli(push, two);
  await world.untilRuns(2);

  match((await world.try(push, one)).stderr, /older than the accepted 2 \[rollback\]/);
  await world.put(one);
  await world.untilSpec(2, "rollback");
  await world.put(await world.pack(2, 3));
  await world.untilSpec(2, "equivocation");
  await throughout("what runs", 2_500, () => world.release === 2);
  await world.untilRuns(2);

  const allow = ["accept", world.machines, "--version", "1", "--reason", "2 broke the printers"];
  await world.cli(allow);
  strictEqual(world.release, 2);
  await world.put(one);
  await world.untilRuns(1);
  await node.waitForLog(/A roll-back is accepted, as allowed on this node.*2 broke the printers/);
  const { version, pending, used } = JSON.parse(await world.cli([...allow.slice(0, 2), "--json"]));
  deepStrictEqual([version, pending, used[0].version, used[0].from], [1, null, 1, 2]);

  await world.put(two);
  await world.untilRuns(2);
  await world.put(one);
  await world.untilSpec(2, "rollback");
  await throughout("what runs", 2_500, () => world.release === 2);
});

Deno.test("keys are handed over in band, and by the configuration (#62, #63)", async () => {
  await using world = await TrustWorld.open();
  const { first, second } = world;
  const [old, next] = [first.privateKey, second.privateKey];
  await world.put(await world.pack(1, 1));
  {
    await using node = world.node();
    await world.untilRuns(1);
    const hand = ["--trust", second.publicKey];
    await world.put(await world.pack(2, 2, { flags: hand }));
    await world.untilSpec(1, "rotation");
    await world.put(await world.pack(2, 2, { flags: hand, keys: [next] }));
    await world.untilSpec(1, "sig_invalid");
    // Two people, two machines: the second adds to what the first has signed.
    const half = await world.pack(2, 2, { flags: hand, keys: [old] });
    await world.put(await world.cli(["pack", "--sign", "-", next], half));
    await world.untilRuns(2);
    await world.put(await world.pack(3, 3, { keys: [next] }));
    await world.untilRuns(3);
    await world.put(await world.pack(4, 4, { keys: [old] }));
    await world.untilSpec(3, "sig_invalid");
    strictEqual((await node.stop()).code, 0);
  }
  {
    await using node = world.node(second.publicKey);
    await world.untilSpec(3, "sig_invalid");
    await world.put(await world.pack(5, 5, { keys: [next] }));
    await world.untilRuns(5);
    await node.stop();
  }
  // The way back, by the configuration of the nodes alone: both keys for a while.
  await using _ = world.node(second.publicKey, first.publicKey);
  await world.put(await world.pack(6, 6, { keys: [old] }));
  await world.untilRuns(6);
  await world.put(await world.pack(5, 5, { keys: [old] }));
  await world.untilSpec(6, "rollback");
});

Deno.test("an expiry that passes stops change and never service (#58, #59)", async () => {
  await using world = await TrustWorld.open();
  await world.put(await world.pack(1, 1));
  {
    await using node = world.node();
    await world.untilRuns(1);
    const short = await world.pack(2, 2, { flags: ["--expires", "6s"] });
    await world.put(short);
    await world.untilRuns(2);
    await node.waitForLog(/The trust of this node.*stale/, { timeoutMs: 20_000 });
    const { spec, machines: [one] } = await world.untilRuns(2);
    deepStrictEqual([spec.version, spec.code, one?.code], [2, null, "ok"]);
    Deno.writeTextFileSync(`${world.machines}/one/data.txt`, "9\n");
    await world.untilRuns(2);
    await node.stop();
  }
  {
    await using node = world.node();
    await node.waitForLog(/The trust of this node.*stale/, { timeoutMs: 20_000 });
    await world.untilRuns(2);
    const flags = ["--no-lint", "--expires", "2020-01-01T00:00:00Z"];
    await world.put(await world.pack(3, 3, { flags }));
    await world.untilSpec(2, "expired");
    strictEqual(world.release, 2);
    await world.put(await world.pack(3, 3));
    await world.untilRuns(3);
  }
});

/** What happens to the state between two runs; `old` is what it was with version 1. */
const LOSSES: readonly [string, (world: TrustWorld, old: ReadonlyMap<string, string>) => void][] = [
  ["trust.json is deleted", (world) => Deno.removeSync(world.state("manager/trust.json"))],
  ["trust.json is cut", (world) => Deno.truncateSync(world.state("manager/trust.json"), 30)],
  ["an older trust.json is put back", (world, old) => put(world, old, "trust.json")],
  ["an older lkg.json is put back", (world, old) => put(world, old, "lkg.json")],
  ["lkg.json is deleted", (world) => Deno.removeSync(world.state("manager/lkg.json"))],
  ["both copies of the state are deleted", (world) => {
    Deno.removeSync(world.state("manager/trust.json"));
    Deno.removeSync(`${world.machines}/tmp/.seal`, { recursive: true });
  }],
];

function put(world: TrustWorld, old: ReadonlyMap<string, string>, name: string): void {
  Deno.writeTextFileSync(world.state(`manager/${name}`), old.get(name) ?? "");
}

Deno.test("a node that lost its state does not go back (#177)", async (t) => {
  await using world = await TrustWorld.open();
  const one = await world.pack(1, 1);
  const two = await world.pack(2, 2);
  const old = new Map<string, string>();
  await world.put(one);
  {
    await using node = world.node();
    await world.untilRuns(1);
    await node.stop();
  }
  for (const name of ["trust.json", "lkg.json"]) {
    old.set(name, Deno.readTextFileSync(world.state(`manager/${name}`)));
  }
  for (const [what, lose] of LOSSES) {
    await t.step(what, async () => {
      await world.put(two);
      {
        await using node = world.node();
        await world.untilSpec(2, null);
        await world.untilRuns(2);
        await node.stop();
      }
      lose(world, old);
      await world.put(one);
      Deno.removeSync(world.state("status.json"));
      await using node = world.node();
      await world.untilRuns(2);
      await node.waitForLog(/not taken up.*rollback/);
      await throughout("what runs", 2_500, () => world.release === 2);
      ok(!(await node.stop()).stderr.includes("Purged"));
    });
  }
});
