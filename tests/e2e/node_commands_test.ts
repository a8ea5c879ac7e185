import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { commandManifest, Story } from "./story.ts";
import { until } from "./until.ts";

async function run(story: Story, ...args: readonly string[]) {
  const io = new FakeTerminal({ cwd: story.path });
  const code = await main(args, io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("machines shows what the agent reports, while it runs and afterwards", async () => {
  await using story = await Story.open();
  const before = await run(story, "machines");
  strictEqual(before.code, 1);
  match(before.stderr, /no agent has run there/);
  await story.publish([await story.machine("one"), await story.machine("two")]);
  await using node = story.node();
  await story.untilRuns("one");
  await story.untilRuns("two");
  const { code, stdout } = await run(story, "machines");
  strictEqual(code, 0);
  match(stdout, /^n1: revision \d+, sha256 [0-9a-f]{12}, signed by [0-9a-f]{12}\n/);
  match(stdout, /\none +yes +[0-9a-f]{12} +1\.0\.0 +RUN +\S+Z +ok\n/);
  const document = JSON.parse((await run(story, "machines", "two", "--json")).stdout);
  deepStrictEqual(Object.keys(document), ["identity", "time", "spec", "machines"]);
  deepStrictEqual(document.machines.map(({ name }: { name: string }) => name), ["two"]);
  match((await run(story, "machines", "three")).stderr, /\[not_found\]/);
  await node.stop();
  const after = JSON.parse((await run(story, "machines", "--json")).stdout);
  deepStrictEqual([after.machines[0].installed, after.machines[0].state], [true, null]);
});

Deno.test("transition fires events on machines of the running agent", async () => {
  await using story = await Story.open();
  strictEqual((await run(story, "transition", "a", "b")).code, 1);
  await story.publish([await story.machine("one")]);
  await using node = story.node();
  await story.untilRuns("one");
  const enter = await run(story, "transition", "machine_manager", "enter_maintenance");
  deepStrictEqual([enter.code, enter.stdout], [0, "machine_manager: enter_maintenance\n"]);
  await node.waitForLog(/enter_maintenance/);
  // In maintenance nothing new is taken up.
  await story.publish([await story.machine("one", { version: "1.1.0" })]);
  const refused = await run(story, "transition", "one", "begin");
  strictEqual(refused.code, 1);
  match(refused.stderr, /no event "begin" in its present state \[transition\]/);
  match((await run(story, "transition", "none", "x")).stderr, /it does not run \[transition\]/);
  strictEqual(story.read("one/data.txt"), "one 1.0.0\n");
  strictEqual((await run(story, "transition", "machine_manager", "resume", "--json")).code, 0);
  await story.untilRuns("one", "1.1.0");
});

Deno.test("verify-install names each file that differs", async () => {
  await using story = await Story.open();
  await story.publish([await story.machine("one")]);
  {
    await using node = story.node();
    await story.untilRuns("one");
    await node.stop();
  }
  const good = await run(story, "verify-install");
  deepStrictEqual([good.code, good.stdout], [0, "one: verified 3 files\n"]);
  Deno.writeTextFileSync(`${story.machines}/one/data.txt`, "changed");
  Deno.writeTextFileSync(`${story.machines}/one/more.txt`, "more");
  const bad = await run(story, "verify-install", story.machines);
  deepStrictEqual([bad.code, bad.stdout], [
    1,
    "one: different\n  changed data.txt\n  unlisted more.txt\n",
  ]);
  const { ok: whole } = JSON.parse((await run(story, "verify-install", "--json")).stdout);
  strictEqual(whole, false);
});

Deno.test("restore puts a purged machine back, if it is still what was signed", async () => {
  await using story = await Story.open();
  const [one, two] = [await story.machine("one"), await story.machine("two")];
  await story.publish([one, two]);
  {
    await using node = story.node();
    await story.untilRuns("two");
    await story.publish([one]);
    await until("two purged", () => story.read("two/data.txt") === undefined);
    await node.stop();
  }
  match((await run(story, "restore", "two", "--list")).stdout, /^\S+Z {2}[0-9a-f]{64}\n$/);
  match((await run(story, "restore", "one")).stderr, /nothing of it is kept/);
  const trash = `${story.machines}/.machinist/trash/two`;
  const [{ name } = { name: "" }] = [...Deno.readDirSync(trash)];
  const kept = `${trash}/${name}/tree/data.txt`;
  Deno.writeTextFileSync(kept, "evil");
  match((await run(story, "restore", "two")).stderr, /\[tampered\]/);
  Deno.writeTextFileSync(kept, "two 1.0.0\n");
  const { code, stdout } = await run(story, "restore", "two");
  strictEqual(code, 0);
  match(stdout, /^two: restored/);
  strictEqual(story.read("two/data.txt"), "two 1.0.0\n");
});

Deno.test("the two halves of a node work as two processes", async () => {
  await using story = await Story.open();
  await using manage = story.node([...story.managed(), "--manage-only"]);
  await using host = story.node(["--host-only"]);
  const files = { "machine.yaml": commandManifest("one"), "go.sh": "#!/bin/sh\nexit 0\n" };
  await story.publish([await story.machine("one", { files })]);
  const { machines } = await until("one running in the other half", async () => {
    const { code, stdout } = await run(story, "machines", "--json");
    const status = code === 0 ? JSON.parse(stdout) : undefined;
    return status?.machines[0]?.state === "RUN" && status;
  }, { timeoutMs: 30_000, seen: () => [manage.stderr.all, host.stderr.all] });
  deepStrictEqual([machines[0].wanted, machines[0].installed, machines[0].code], [
    true,
    true,
    "ok",
  ]);
  ok(!host.stderr.text.includes("Deployed"));
  ok(!manage.stderr.text.includes("manifest_watcher"), manage.stderr.text);
  strictEqual((await host.stop()).code, 0);
  strictEqual((await manage.stop()).code, 0);
});

Deno.test("SIGHUP takes up other settings, and keeps the old ones when the new are refused (#201)", async () => {
  await using story = await Story.open();
  const config = `${story.path}/config.yaml`;
  const settings = (more: string) =>
    Deno.writeTextFileSync(
      config,
      `store: ${story.nats.url}\npublic-key: ${story.keys.publicKey}\n${more}`,
    );
  settings("");
  await story.publish([await story.machine("one")]);
  await using node = story.node(["--config", config]);
  await story.untilRuns("one");
  node.signal("SIGHUP");
  await node.waitForLog("Looking at everything anew");
  settings("intervall: 5s\n");
  node.signal("SIGHUP");
  await node.waitForLog(/new settings are refused/);
  settings("interval: 5s\n");
  node.signal("SIGHUP");
  await node.waitForLog("Starting anew with other settings");
  const after = node.stderr.all.length;
  await node.waitForLog(/The machine runs .*directory=one/, { after });
  strictEqual((await node.stop()).code, 0);
});
