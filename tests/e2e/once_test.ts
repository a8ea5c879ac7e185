import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { type CliResult, runCli } from "../support/cli.ts";
import { commandManifest, Story } from "./story.ts";

async function once(story: Story, ...more: readonly string[]): Promise<CliResult> {
  return await runCli([
    "run",
    story.machines,
    "--once",
    "--identity",
    "n1",
    "--public-key",
    story.keys.publicKey,
    ...more,
  ]);
}

Deno.test("run --once installs what is wanted, runs nothing and exits 0", async () => {
  await using story = await Story.open();
  await story.publish([
    await story.machine("one"),
    await story.machine("two", { entry: { match: "identity('^other$')" } }),
  ]);
  const { code, stdout } = await once(story, "--store", story.nats.url, "--json");
  const status = JSON.parse(stdout);
  strictEqual(code, 0, stdout);
  strictEqual(status.identity, "n1");
  strictEqual(status.spec.verified_by, story.keys.publicKey);
  deepStrictEqual(
    status.machines.map((machine: Record<string, unknown>) => [
      machine["name"],
      machine["wanted"],
      machine["installed"],
      machine["state"],
      machine["code"],
    ]),
    [["one", true, true, null, "ok"], ["two", false, false, null, "ok"]],
  );
  strictEqual(story.read("one/data.txt"), "one 1.0.0\n");
  const again = await once(story, "--store", story.nats.url);
  strictEqual(again.code, 0);
  ok(/one +yes +[0-9a-f]{12} /.test(again.stdout), again.stdout);
});

Deno.test("run --once exits 1 when a wanted machine cannot be installed, with the reason", async () => {
  await using story = await Story.open();
  const [one, two] = [await story.machine("one"), await story.machine("two")];
  story.http.pages.delete("/two-1.0.0.tgz");
  await story.publish([one, two]);
  const { code, stdout } = await once(story, "--store", story.nats.url, "--json");
  strictEqual(code, 1);
  const { machines } = JSON.parse(stdout);
  deepStrictEqual([machines[0].installed, machines[1].installed], [true, false]);
  ok(machines[1].code !== "ok" && machines[1].code !== "pending", stdout);
});

Deno.test("run --once exits 69 without the store, and 1 with an empty one", async () => {
  await using story = await Story.open();
  strictEqual((await once(story, "--store", story.nats.url)).code, 1);
  const { code, stdout } = await once(story, "--store", "nats://127.0.0.1:9");
  strictEqual(code, 69, stdout);
});

Deno.test("run --spec needs no store: the list is compiled in", async () => {
  await using story = await Story.open();
  const file = `${story.path}/spec.json`;
  Deno.writeTextFileSync(file, await story.pack([await story.machine("one")]));
  await story.nats.kill();
  const { code, stdout } = await once(story, "--spec", file, "--json");
  strictEqual(code, 0, stdout);
  const other = {
    ...story.keys,
    ...(await import("../../src/spec/private_key.ts")).generateKeyPair(),
  };
  Deno.writeTextFileSync(file, await story.pack([], other.privateKey));
  const refused = await once(story, "--spec", file, "--json");
  strictEqual(refused.code, 1);
  strictEqual(JSON.parse(refused.stdout).spec.code, "sig_invalid");
  strictEqual(story.read("one/data.txt"), "one 1.0.0\n");
});

Deno.test("run --once reports a machine that another program has installed as installed, with the list's digest", async () => {
  await using story = await Story.open();
  const entry = await story.machine("one");
  await story.publish([entry]);
  await once(story, "--store", story.nats.url);
  // What the reference leaves behind: the machine, its manager, and nothing of ours.
  Deno.removeSync(`${story.machines}/.machinist`, { recursive: true });
  const { code, stdout } = await once(story, "--store", story.nats.url, "--json");
  strictEqual(code, 0, stdout);
  const [one] = JSON.parse(stdout).machines;
  deepStrictEqual([one.installed, one.digest, one.code], [true, entry["checksum"], "ok"]);
});

Deno.test("run --once exits 0 every time beside machines that run commands, signed or somebody's own", async () => {
  await using story = await Story.open();
  const files = { "machine.yaml": commandManifest("one"), "go.sh": "#!/bin/sh\nexit 0\n" };
  await story.publish([await story.machine("one", { files })]);
  Deno.mkdirSync(`${story.machines}/mine`, { recursive: true });
  Deno.writeTextFileSync(`${story.machines}/mine/machine.yaml`, commandManifest("mine"));
  for (const time of ["first", "second", "third"]) {
    const { code, stdout, stderr } = await once(story, "--store", story.nats.url, "--json");
    strictEqual(code, 0, `${time}: ${stdout}${stderr}`);
    ok(!stderr.includes("exec"), stderr);
    deepStrictEqual(
      JSON.parse(stdout).machines.map((machine: Record<string, unknown>) => [
        machine["name"],
        machine["code"],
      ]),
      [["one", "ok"]],
    );
  }
});
