import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { envelope, SetWorld } from "../sets/fixture.ts";
import { key } from "../spec/fixture.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const versions = (version: number) => envelope(["a"], { spec: { version } });

async function accept(world: SetWorld, ...args: readonly string[]) {
  const io = new FakeTerminal({ cwd: world.machines });
  const code = await main(["accept", world.machines, ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

async function document(world: SetWorld) {
  return JSON.parse((await accept(world, "--json")).stdout);
}

Deno.test("accept allows one roll-back, shows it, and what became of it", async () => {
  await using world = new SetWorld();
  await world.settle(versions(9));
  const { code, stdout } = await accept(world, "--version", "4", "--reason", "ticket 7");
  strictEqual(code, 0);
  match(
    stdout,
    /^version: {2}9, sha256 [0-9a-f]{12}\nkeys: {5}[0-9a-f]{64}\nneeded: {3}1 of 1, named by the con/,
  );
  match(stdout, /\nmay go back to 4, once: ticket 7\n$/);
  strictEqual((await world.settle(versions(5))).code, "rollback");
  strictEqual((await world.settle(versions(4))).spec?.version, 4);
  match(world.log.text(), /A roll-back is accepted, as allowed on this node/);
  const after = await document(world);
  deepStrictEqual([after.version, after.pending, after.used.length], [4, null, 1]);
  deepStrictEqual([after.used[0].version, after.used[0].from, after.used[0].reason], [
    4,
    9,
    "ticket 7",
  ]);
  await world.settle(versions(9));
  strictEqual((await world.settle(versions(4))).code, "rollback");
});

Deno.test("accept withdraws a permission", async () => {
  await using world = new SetWorld();
  await world.settle(versions(9));
  strictEqual((await accept(world, "--withdraw")).code, 1);
  await accept(world, "--version", "4", "--reason", "x");
  strictEqual((await accept(world, "--withdraw")).code, 0);
  strictEqual((await document(world)).pending, null);
  strictEqual((await world.settle(versions(4))).code, "rollback");
});

Deno.test("accept shows keys that a list has handed over to, and revocations", async () => {
  await using world = new SetWorld();
  const [old, next] = [key(1).publicKey.hex, key(2).publicKey.hex];
  await world.settle(envelope(["a"], {
    spec: { version: 1, keys: { keys: [next] }, revoked: [old] },
    keys: [key(1), key(2)],
  }));
  const { keys, revoked } = await document(world);
  deepStrictEqual([keys, revoked], [{ threshold: 1, keys: [next], from: "list" }, [old]]);
});

const REFUSED: readonly [string, readonly string[], number, RegExp][] = [
  ["no reason", ["--version", "4"], 2, /no reason was given \[usage\]\nhint: --reason/],
  ["a reason alone", ["--reason", "x"], 2, /--version is missing/],
  ["no number", ["--version", "x", "--reason", "x"], 2, /not a whole number/],
  ["the same version", ["--version", "9", "--reason", "x"], 1, /just this version.*\[not_older\]/],
  ["a newer version", ["--version", "10", "--reason", "x"], 1, /a newer one by itself/],
  ["a manager that has none", ["--manager", "m", "--version", "1", "--reason", "x"], 1, /no list/],
  ["a manager that leads out", ["--manager", "../x"], 2, /no name of a machine/],
];

for (const [what, args, exit, why] of REFUSED) {
  Deno.test(`accept refuses ${what}`, async () => {
    await using world = new SetWorld();
    await world.settle(versions(9));
    const { code, stdout, stderr } = await accept(world, ...args);
    deepStrictEqual([code, stdout], [exit, ""]);
    match(stderr, why);
  });
}

Deno.test("accept refuses a directory where no agent has run", async () => {
  const io = new FakeTerminal({ cwd: "/nowhere" });
  strictEqual(await main(["accept"], io), 1);
  match(io.stderr, /no agent has run there \[not_found\]/);
});
