import { match, ok, strictEqual } from "node:assert/strict";
import { runCli, startCli } from "../support/cli.ts";
import { Story } from "./story.ts";

Deno.test("events follows what machines tell, filtered, as lines and as JSON", async () => {
  await using story = await Story.open();
  const store = ["--store", story.nats.url];
  await using lines = startCli(["events", ...store, "--machine", "one", "--type", "transition"]);
  await using documents = startCli(["events", ...store, "--json", "--count", "3"]);
  await using node = story.node();
  await node.waitForLog("The machine runs");
  // The bus keeps nothing: new versions are pushed until both have heard of one.
  let line: string | undefined;
  for (let version = 0; line === undefined; version++) {
    await story.publish([await story.machine("one", { version: `1.${version}.0` })]);
    await story.untilRuns("one", `1.${version}.0`);
    line = await lines.waitForLine("transitioned", { timeoutMs: 500 }).catch(() => undefined);
    ok(version < 10);
  }
  match(line, /^\[\d\d:\d\d:\d\d\] n1 one transitioned via event begin: START => RUN$/);
  strictEqual((await documents.status).code, 0);
  const event = JSON.parse(documents.stdout.all[0] ?? "");
  strictEqual(event.specversion, "1.0");
  strictEqual(event.data.identity, "n1");
  strictEqual((await lines.stop("SIGINT")).code, 0);
});

Deno.test("events says that a directory store has no bus", async () => {
  const { code, stderr } = await runCli(["events", "--store", "file:/tmp/nowhere"]);
  strictEqual(code, 2);
  ok(stderr.includes("there is no bus"));
});
