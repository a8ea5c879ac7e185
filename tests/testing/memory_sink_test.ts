import { strictEqual } from "node:assert";
import { MemorySink } from "../../src/testing/memory_sink.ts";

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
