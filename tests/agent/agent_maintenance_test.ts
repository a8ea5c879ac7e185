import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { AgentRig, INTERVAL_MS, machine } from "./rig.ts";

/** Changes an installed file, waits, and tells whether somebody put it right. */
async function isKept(rig: AgentRig, name: string): Promise<boolean> {
  const path = `${rig.machines}/${name}/lib/data.txt`;
  const good = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, "changed by an operator");
  await rig.pass(2 * INTERVAL_MS);
  const isGood = Deno.readTextFileSync(path) === good;
  Deno.writeTextFileSync(path, good);
  return isGood;
}

Deno.test("Agent.run() leaves a machine in maintenance that an operator put there, over restarts and releases (M8)", async () => {
  await using rig = await AgentRig.open();
  await rig.publish([machine("one"), machine("two")]);
  rig.start();
  for (const name of ["one", "two"]) await rig.until(`${name}`, () => rig.runs(name));
  strictEqual(await isKept(rig, "one"), true);
  await rig.fire("mm_one", "enter_maintenance");
  strictEqual(await isKept(rig, "one"), false);
  await rig.stop();
  rig.start();
  await rig.until("two", () => rig.runs("two"));
  strictEqual(await isKept(rig, "one"), false);
  strictEqual(await isKept(rig, "two"), true);
  // A new release is written for its manager, and waits.
  await rig.publish([machine("one", { version: "2.0.0" }), machine("two", { version: "2.0.0" })]);
  await rig.until("two 2.0.0", () => rig.runs("two", "2.0.0"));
  await rig.pass(INTERVAL_MS);
  deepStrictEqual([rig.of("one")?.state, rig.of("one")?.version], ["RUN", "1.0.0"]);
  await rig.fire("mm_one", "resume");
  await rig.until("one 2.0.0", () => rig.runs("one", "2.0.0"));
  deepStrictEqual([...Deno.readDirSync(`${rig.machines}/.machinist/states`)], []);
  strictEqual(await isKept(rig, "one"), true);
});

Deno.test("Agent.run() leaves the built-in manager in maintenance over a restart (M8)", async () => {
  await using rig = await AgentRig.open();
  await rig.publish([machine("one")]);
  rig.start();
  await rig.until("one", () => rig.runs("one"));
  await rig.fire("machine_manager", "enter_maintenance");
  await rig.publish([machine("one", { version: "2.0.0" })]);
  for (let life = 0; life < 2; life++) {
    await rig.pass(2 * INTERVAL_MS);
    deepStrictEqual([rig.of("one")?.state, rig.of("one")?.version], ["RUN", "1.0.0"]);
    await rig.stop();
    rig.start();
  }
  await rig.until("the letter box", () => rig.of("one")?.state === "RUN");
  await rig.fire("machine_manager", "resume");
  await rig.until("one 2.0.0", () => rig.runs("one", "2.0.0"));
});
