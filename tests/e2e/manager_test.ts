import { ok, strictEqual } from "node:assert/strict";
import { Story } from "./story.ts";
import { until } from "./until.ts";

Deno.test("a node deploys and runs what is pushed, replaces it and purges it", async () => {
  await using story = await Story.open();
  await using node = story.node();
  await story.publish([await story.machine("one"), await story.machine("two")]);
  await story.untilRuns("one");
  const { spec } = await story.untilRuns("two");
  strictEqual(spec.verified_by, story.keys.publicKey);
  ok(spec.revision !== null && spec.revision > 0);
  strictEqual(story.read("one/data.txt"), "one 1.0.0\n");

  await story.publish([
    await story.machine("one", { version: "2.0.0" }),
    await story.machine("two"),
  ]);
  await story.untilRuns("one", "2.0.0");
  strictEqual(story.read("one/data.txt"), "one 2.0.0\n");

  await story.publish([await story.machine("one", { version: "2.0.0" })]);
  await story.untilStatus(
    "two gone",
    ({ machines }) => machines.every(({ name }) => name !== "two"),
  );
  await until("two removed", () => story.read("two/data.txt") === undefined);
  await node.waitForLog(/Purged.*two/);
  const { code } = await node.stop();
  strictEqual(code, 0);
});
