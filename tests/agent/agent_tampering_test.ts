import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { AgentRig, INTERVAL_MS, machine } from "./rig.ts";

const EVIL = "#!/bin/sh\necho evil\n";

/** A node that runs these machines. */
async function running(...archives: ReturnType<typeof machine>[]): Promise<AgentRig> {
  const rig = await AgentRig.open();
  await rig.publish(archives);
  rig.start();
  for (const { name } of archives) await rig.until(`${name} running`, () => rig.runs(name));
  return rig;
}

Deno.test("Agent.run() stops a changed machine at its next command and repairs it at once (A6, #172)", async () => {
  await using rig = await running(machine("one", { runs: true }));
  await rig.until("a command", () => rig.ran.length > 0);
  Deno.writeTextFileSync(`${rig.machines}/one/run.sh`, EVIL);
  rig.log.clear();
  await rig.until("a refusal", () => rig.log.text().includes('"tampered"'));
  // Long before the next interval, and without a command in between.
  const took = await rig.until("the repair", () => rig.runs("one"));
  ok(took <= 500, `${took}`);
  strictEqual(Deno.readTextFileSync(`${rig.machines}/one/run.sh`).includes("well"), true);
  const commands = rig.ran.length;
  await rig.until("commands again", () => rig.ran.length > commands);
  strictEqual(rig.ran.some((line) => line.includes("evil")), false);
});

Deno.test("Agent.run() leaves a changed machine stopped that it cannot repair, and starts it once it can (A6)", async () => {
  const one = machine("one", { runs: true });
  await using rig = await running(one);
  rig.lose(one);
  await rig.until("a command", () => rig.ran.length > 0);
  Deno.writeTextFileSync(`${rig.machines}/one/run.sh`, EVIL);
  await rig.until("its end", () => rig.of("one")?.state === null);
  const [commands, requests] = [rig.ran.length, rig.http.requests.length];
  await rig.pass(600_000);
  const { state, code, reason } = rig.of("one") ?? {};
  deepStrictEqual([state, code], [null, "http_404"], reason);
  strictEqual(rig.ran.length, commands);
  // One try after another, each later than the one before.
  const tries = rig.http.requests.length - requests;
  ok(tries > 2 && tries < 30, `${tries}`);
  await rig.publish([one]);
  await rig.until("the repair", () => rig.runs("one"), 900_000);
  await rig.until("commands again", () => rig.ran.length > commands);
});

Deno.test("Agent.run() lets a machine go on that somebody put right by hand (A6)", async () => {
  const one = machine("one", { runs: true });
  await using rig = await running(one);
  rig.lose(one);
  const path = `${rig.machines}/one/run.sh`;
  const good = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, EVIL);
  await rig.until("its end", () => rig.of("one")?.state === null);
  Deno.writeTextFileSync(path, good);
  const took = await rig.until("the machine", () => rig.runs("one"));
  ok(took <= 2 * INTERVAL_MS, `${took}`);
  strictEqual(rig.ran.some((line) => line.includes("evil")), false);
});

Deno.test("Agent.run() stops a machine without commands before it fetches what repairs it (A6)", async () => {
  const one = machine("one");
  await using rig = await running(one);
  rig.lose(one);
  const states: (string | null | undefined)[] = [];
  rig.http.on(`http://files.test/${one.checksum}.tgz`, () => {
    states.push(rig.of("one")?.state);
    return new Response(one.bytes.slice());
  });
  Deno.writeTextFileSync(`${rig.machines}/one/lib/data.txt`, "other");
  const took = await rig.until("the repair", () => states.length > 0 && rig.runs("one"));
  ok(took <= INTERVAL_MS + 500, `${took}`);
  deepStrictEqual(states, [null]);
});

Deno.test("Agent.run() repairs so often and no more, and leaves the machine stopped (#178)", async () => {
  await using rig = await running(machine("one", { runs: true }));
  const path = `${rig.machines}/one/lib/data.txt`;
  const good = Deno.readTextFileSync(path);
  let repairs = 0;
  let wasGood = true;
  const fight = async (ms: number) => {
    // A hundred times a minute.
    for (let passed = 0; passed < ms; passed += 500) {
      const isGood = Deno.readTextFileSync(path) === good;
      if (isGood && !wasGood) repairs++;
      if (isGood) Deno.writeTextFileSync(path, "theirs");
      wasGood = false;
      await rig.pass(500);
    }
  };
  await fight(300_000);
  strictEqual(repairs, 5);
  deepStrictEqual([rig.of("one")?.state, rig.of("one")?.code], [null, "drift_loop"]);
  const commands = rig.ran.length;
  await rig.pass(240_000);
  strictEqual(rig.ran.length, commands);
  // When the other one has given up, it is repaired for good.
  await rig.until("the repair", () => rig.runs("one"), 600_000);
});

Deno.test("Agent.run() writes a changed manager machine anew at once, and its machine runs on", async () => {
  await using rig = await running(machine("one", { runs: true }));
  const path = `${rig.machines}/mm_one/machine.yaml`;
  const good = Deno.readTextFileSync(path);
  Deno.writeTextFileSync(path, good.replace("creates: one", "creates: two"));
  rig.log.clear();
  await rig.until("the host to see it", () => rig.log.text().includes('"tampered"'), 10_250);
  const took = await rig.until("the repair", () => Deno.readTextFileSync(path) === good);
  ok(took <= 500, `${took}`);
  strictEqual(rig.of("one")?.state, "RUN");
  await rig.until("all well", () => rig.runs("one"));
});

Deno.test("Agent.run() runs what was signed before while an update cannot be had, over restarts too", async () => {
  const old = machine("one", { runs: true });
  await using rig = await running(old);
  const next = machine("one", { version: "2.0.0", runs: true });
  await rig.publish([next]);
  rig.http.off(`http://files.test/${next.checksum}.tgz`);
  await rig.until("the failure", () => rig.of("one")?.code === "http_404");
  const alive = async () => {
    const commands = rig.ran.length;
    await rig.until("a command", () => rig.ran.length > commands, 20_000);
    deepStrictEqual([rig.of("one")?.state, rig.of("one")?.version], ["RUN", "1.0.0"]);
  };
  await alive();
  await rig.stop();
  rig.start();
  await rig.until("the failure", () => rig.of("one")?.code === "http_404");
  await alive();
  // What runs on is watched no less.
  Deno.writeTextFileSync(`${rig.machines}/one/run.sh`, EVIL);
  await rig.until("its end", () => rig.of("one")?.state === null);
  await rig.publish([next]);
  await rig.until("the update", () => rig.runs("one", "2.0.0"), 900_000);
  strictEqual(rig.ran.some((line) => line.includes("evil")), false);
});

Deno.test("Agent.run() watches an old machine without commands too while an update cannot be had", async () => {
  const old = machine("one");
  await using rig = await running(old);
  const next = machine("one", { version: "2.0.0" });
  await rig.publish([next]);
  rig.http.off(`http://files.test/${next.checksum}.tgz`);
  await rig.until("the failure", () => rig.of("one")?.code === "http_404");
  strictEqual(rig.of("one")?.state, "RUN");
  Deno.writeTextFileSync(`${rig.machines}/one/lib/data.txt`, "other");
  const took = await rig.until("its end", () => rig.of("one")?.state === null);
  ok(took <= INTERVAL_MS + 500, `${took}`);
});
