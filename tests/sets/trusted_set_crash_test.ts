import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import type { FsErrorCode } from "../../src/ports/fs.ts";
import type { Envelope } from "../../src/spec/envelope.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { key } from "../spec/fixture.ts";
import { envelope, SetWorld } from "./fixture.ts";

const list = (version: number, names: readonly string[], checksum = "ab") =>
  envelope(names.map((name) => ({ name, checksum: checksum.repeat(32) })), { spec: { version } });

/** What a node had, what it gets, and what then stands there. */
const changes: [string, Envelope | undefined, Envelope, readonly string[]][] = [
  ["a first list", undefined, list(1, ["a", "b"]), ["mm_a", "mm_b"]],
  ["an update", list(1, ["a", "b"]), list(2, ["a", "b"], "cd"), ["a", "b", "mm_a", "mm_b"]],
  ["a purge", list(1, ["a", "b"]), list(2, ["a"]), ["a", "mm_a"]],
  [
    "new keys",
    list(1, ["a"]),
    envelope(["a"], {
      spec: { version: 2, keys: { keys: [key(2).publicKey.hex] } },
      keys: [key(1), key(2)],
    }),
    ["a", "mm_a"],
  ],
];

async function prepare(before: Envelope | undefined): Promise<SetWorld> {
  const world = new SetWorld();
  if (before === undefined) return world;
  const { written } = await world.settle(before);
  world.install(...written);
  return world;
}

/** Nothing half-written: every manifest there is whole, and every machine still has its files. */
function checkWhole(world: SetWorld): void {
  for (const name of world.names()) {
    const path = world.path(`${name}/machine.yaml`);
    let text: string;
    try {
      text = Deno.readTextFileSync(path);
    } catch {
      continue;
    }
    strictEqual(text.startsWith(`name: ${name}\n`), true, path);
  }
}

/** No file of ours is left in the middle of being written. */
function leftovers(path: string): readonly string[] {
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory ? leftovers(`${path}/${name}`) : name.endsWith(".new") ? [`${path}/${name}`] : []
  );
}

async function count(before: Envelope | undefined, after: Envelope): Promise<number> {
  await using world = await prepare(before);
  const fs = new FaultFs(new DenoFs());
  world.restart({}, fs);
  await world.settle(after);
  return fs.count;
}

for (const [what, before, after, names] of changes) {
  Deno.test(`TrustedSet survives a stop at every file-system operation of ${what} (#170)`, async () => {
    const operations = await count(before, after);
    strictEqual(operations > 10, true);
    for (let at = 1; at <= operations; at++) {
      await using world = await prepare(before);
      const held = world.names();
      const fs = new FaultFs(new DenoFs(), { at });
      world.restart({}, fs);
      await rejects(world.settle(after), { name: "StoppedWorld" }, `operation ${at}`);
      checkWhole(world);
      // Offline: what was in force, old or new, and nothing is lost that the new list wants.
      world.restart({}, new DenoFs());
      await world.settle(undefined);
      checkWhole(world);
      const lost = held.filter((name) => names.includes(name) && !world.names().includes(name));
      deepStrictEqual(lost, [], `offline after ${fs.trace.at(-1)}`);
      // Online: exactly the new one.
      const report = await world.settle(after);
      strictEqual(report.code, undefined, `${report.reason} after ${fs.trace.at(-1)}`);
      checkWhole(world);
      deepStrictEqual(world.names(), names, `online after ${fs.trace.at(-1)}`);
      deepStrictEqual(leftovers(world.machines), [], `after ${fs.trace.at(-1)}`);
      strictEqual((await world.settle(after)).result, "unchanged");
    }
  });

  for (const fault of ["no_space", "io", "denied"] satisfies FsErrorCode[]) {
    Deno.test(`TrustedSet holds what it has when ${what} meets "${fault}", and goes on afterwards (#167, #168)`, async () => {
      const operations = await count(before, after);
      for (let at = 1; at <= operations; at += 3) {
        await using world = await prepare(before);
        const held = world.names();
        const fs = new FaultFs(new DenoFs(), { at, fault, sticky: true });
        world.restart({}, fs);
        const report = await world.settle(after);
        checkWhole(world);
        const lost = held.filter((name) => !world.names().includes(name));
        for (const name of lost) strictEqual(names.includes(name), false, name);
        if (report.result === "error") strictEqual(report.code, "disk", report.reason);
        world.restart({}, new DenoFs());
        strictEqual((await world.settle(after)).code, undefined);
        deepStrictEqual(world.names(), names, `after ${fs.trace[at - 1]}`);
      }
    });
  }
}
