import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { ProcessError } from "../../src/ports/process.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";
import { FakeProcess } from "../../src/testing/fake_process.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { MemorySink } from "../../src/testing/memory_sink.ts";
import { TestHttp } from "../../src/testing/test_http.ts";

const { signal } = new AbortController();
const options = { cwd: "/", env: {}, timeoutMs: 1_000, outputLimit: 3, signal };

Deno.test("FakeProcess.run() does what was defined, caps output and remembers", async () => {
  const process = new FakeProcess()
    .on("say", (command) => ({ output: new TextEncoder().encode(command[1]) }))
    .on("fail", () => Promise.resolve({ code: 2 }));
  const said = await process.run(["say", "hello"], options);
  deepStrictEqual([new TextDecoder().decode(said.output), said.truncated, said.code], [
    "hel",
    true,
    0,
  ]);
  strictEqual((await process.run(["fail"], options)).code, 2);
  deepStrictEqual(process.runs.map((run) => run.command[0]), ["say", "fail"]);
  await rejects(
    process.run(["none"], options),
    (error) => error instanceof ProcessError && error.code === "not_found",
  );
  strictEqual(process.running, 0);
});

Deno.test("FakeProcess.run() ends with the reason when it is aborted", async () => {
  const controller = new AbortController();
  const process = new FakeProcess().on("hang", () => new Promise(() => {}));
  const reason = new Error("enough");
  const failing = rejects(
    process.run(["hang"], { ...options, signal: controller.signal }),
    (error) => error === reason,
  );
  strictEqual(process.running, 1);
  controller.abort(reason);
  await failing;
  strictEqual(process.running, 0);
});

Deno.test("FakeNode answers as it is told, and changes", async () => {
  const node = new FakeNode({
    facts: { os: "linux" },
    paths: { "/etc": "directory" },
    commands: ["sh"],
  });
  strictEqual(node.identity, "node.example.net");
  deepStrictEqual(await node.facts(), { os: "linux" });
  deepStrictEqual(
    [
      await node.pathKind("/etc"),
      await node.pathKind("/x"),
      await node.hasCommand("sh"),
      await node.hasCommand("x"),
    ],
    ["directory", "absent", true, false],
  );
  node.setFacts(new Error("no facts"));
  node.setPath("/etc", undefined);
  node.setPath("/x", new Error("no right"));
  node.setCommands(new Error("no path"));
  await rejects(node.facts(), /no facts/);
  strictEqual(await node.pathKind("/etc"), "absent");
  await rejects(node.pathKind("/x"), /no right/);
  await rejects(node.hasCommand("sh"), /no path/);
  node.setCommands(["x"]);
  node.setFacts({});
  strictEqual(await node.hasCommand("x"), true);
});

Deno.test("MemorySink tells of events that were and that come", async () => {
  const sink = new MemorySink();
  sink.publish({ subject: "a", body: { n: 1 } });
  strictEqual((await sink.first((event) => event.subject === "a")).body["n"], 1);
  const next = sink.next();
  const second = sink.first((event) => event.body["n"] === 2);
  sink.publish({ subject: "a", body: { n: 2 } });
  strictEqual((await next).body["n"], 2);
  strictEqual(await second, await next);
  strictEqual(sink.events.length, 2);
  sink.clear();
  strictEqual(sink.events.length, 0);
});

Deno.test("MemoryLog keeps levels, sentences and values", () => {
  const log = new MemoryLog();
  log.debug("d");
  log.info("i", { n: 1 });
  log.warn("w");
  log.error("e");
  deepStrictEqual(log.entries.map((entry) => entry.level), ["debug", "info", "warn", "error"]);
  deepStrictEqual(log.messages("info"), ["i"]);
  deepStrictEqual(log.messages(), ["d", "i", "w", "e"]);
  ok(log.text().includes('"n":1'));
  log.clear();
  strictEqual(log.entries.length, 0);
});

Deno.test("TestHttp.fetch() answers what was defined and 404 else", async () => {
  const http = new TestHttp()
    .on("http://a/text", "hello")
    .on("http://a/bytes", new Uint8Array([1, 2]))
    .on("http://a/broken", new TypeError("broken"))
    .on("http://a/made", (request) => new Response(request.method, { status: 503 }));
  const get = (path: string) => http.fetch(new Request(`http://a/${path}`));
  strictEqual(await (await get("text")).text(), "hello");
  strictEqual((await (await get("bytes")).bytes()).length, 2);
  strictEqual((await get("made")).status, 503);
  strictEqual((await get("none")).status, 404);
  await rejects(get("broken"), /broken/);
  http.off("http://a/text");
  strictEqual((await get("text")).status, 404);
  strictEqual(http.requests.length, 6);
  const aborted = new Request("http://a/bytes", { signal: AbortSignal.abort(new Error("enough")) });
  await rejects(http.fetch(aborted), /enough/);
});
