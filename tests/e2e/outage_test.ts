import { ok, strictEqual } from "node:assert/strict";
import { runCli } from "../support/cli.ts";
import { Story } from "./story.ts";
import { throughout } from "./until.ts";

Deno.test("a nats-server that is killed and comes back is followed again (#189, #191)", async () => {
  await using story = await Story.open();
  await story.publish([await story.machine("one")]);
  await using node = story.node();
  await story.untilRuns("one");
  await story.nats.kill();
  await throughout("the machine", 1_000, () => story.status()?.machines[0]?.state === "RUN");
  await story.nats.start();
  await story.publish([await story.machine("one", { version: "1.1.0" })]);
  await story.untilRuns("one", "1.1.0");
  strictEqual((await node.stop()).code, 0);
});

Deno.test("a deleted key and a deleted bucket leave the machines, and a new list is taken up (#182, #190)", async () => {
  await using story = await Story.open();
  await story.publish([await story.machine("one")]);
  await using _node = story.node([...story.managed(), "--interval", "2s"]);
  await story.untilRuns("one");

  await removeKey(story);
  await story.untilStatus("an absent key", ({ spec }) => spec.code !== null);
  ok(story.read("one/data.txt") !== undefined);
  await story.publish([await story.machine("one", { version: "1.1.0" })]);
  await story.untilRuns("one", "1.1.0");

  await removeBucket(story);
  await story.untilStatus("an absent bucket", ({ spec }) => spec.code !== null);
  await throughout("the machine", 1_000, () => story.read("one/data.txt") === "one 1.1.0\n");
  await story.cli("bucket");
  await story.publish([await story.machine("one", { version: "1.2.0" })]);
  await story.untilRuns("one", "1.2.0");
});

async function removeKey(story: Story): Promise<void> {
  const { connectNats } = await import("../../src/nats/connect.ts");
  const { denoPorts } = await import("../../src/deno/ports.ts");
  await using world = await connectNats(
    { servers: [story.nats.url] },
    denoPorts({ node: { identity: "t" }, log: { write: () => {} } }),
  );
  await world.kv.bucket("MACHINES").delete("machines");
}

/** Deletes the stream, as `nats kv del MACHINES` does, and makes it again as a plain client would. */
async function removeBucket(story: Story, again?: object): Promise<void> {
  const { connect } = await import("@nats-io/transport-node");
  const client = await connect({ servers: story.nats.url });
  const answer = await client.request("$JS.API.STREAM.DELETE.KV_MACHINES");
  ok(answer.json<{ success: boolean }>().success);
  if (again !== undefined) {
    await client.request("$JS.API.STREAM.CREATE.KV_MACHINES", JSON.stringify(again));
  }
  await client.close();
}

Deno.test("an agent killed at any moment leaves the old or the new machine, whole (#170)", async () => {
  await using story = await Story.open();
  const versions: string[] = [];
  for (let round = 0; round < 8; round++) {
    const version = `1.${round}.0`;
    versions.push(version);
    const text = `${version}\n`.repeat(2_000 * (round % 3 + 1));
    const files = { "big.txt": text, "run.sh": `#!/bin/sh\necho ${version}\n` };
    const node = story.node();
    if (round > 0) {
      // Only once it listens: what is to be interrupted is the work, not the start.
      await node.waitForLog("The machine runs");
    }
    await story.publish([await story.machine("one", { version, files })]);
    await new Promise((resolve) => setTimeout(resolve, 15 + round * 12));
    await node.stop("SIGKILL");
    const found = story.read("one/data.txt");
    if (found === undefined) continue;
    ok(versions.some((known) => found === `one ${known}\n`), found);
    const { code, stdout } = await runCli(["verify-install", story.machines]);
    // Absent only in the moment between two renames, which the next start ends.
    ok(code === 0 || stdout.includes("absent"), stdout);
  }
  await using node = story.node();
  await story.untilRuns("one", versions.at(-1));
  const { code, stdout } = await runCli(["verify-install", story.machines]);
  strictEqual(code, 0, stdout);
  await node.stop();
  const left = [...Deno.readDirSync(`${story.machines}/tmp`)].filter(({ name }) =>
    name !== ".seal"
  );
  strictEqual(left.length, 0);
});

Deno.test("a second agent on a directory exits 75, and a killed one leaves no lock (#202)", async () => {
  await using story = await Story.open();
  await using node = story.node();
  await node.waitForLog("The machine runs");
  const args = ["run", story.machines, "--identity", "n2", ...story.managed()];
  const { code, stderr } = await runCli(args);
  strictEqual(code, 75);
  ok(stderr.includes("[locked]"), stderr);
  await node.stop("SIGKILL");
  await using again = story.node();
  await again.waitForLog("The machine runs");
  strictEqual((await again.stop("SIGINT")).code, 0);
});

Deno.test("a bucket that others make anew, without republish, is followed from the next poll on (#191)", async () => {
  await using story = await Story.open();
  for (let version = 0; version < 4; version++) {
    await story.publish([await story.machine("one", { version: `1.${version}.0` })]);
  }
  await using _node = story.node([...story.managed(), "--interval", "3s"]);
  await story.untilRuns("one", "1.3.0");
  await removeBucket(story, { name: "KV_MACHINES", subjects: ["$KV.MACHINES.>"] });
  const begun = performance.now();
  await story.publish([await story.machine("one", { version: "2.0.0" })]);
  await story.untilRuns("one", "2.0.0");
  ok(performance.now() - begun < 10_000, `${performance.now() - begun} ms`);
});
