import { deepStrictEqual } from "node:assert/strict";
import { LogSink } from "../../src/agent/log_sink.ts";
import { type EventOrigin, transitionEvent, watcherEvent } from "../../src/events/event.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";

const ORIGIN: EventOrigin = {
  identity: "n1",
  instance: "i",
  machine: "mm_facts",
  version: "1.0.0",
  time: 0,
};

const CASES: readonly [string, string, Record<string, unknown>, string, string][] = [
  ["a deployment", "archive", { state: "downloaded", creates: "facts" }, "info", "Deployed"],
  ["a repair", "archive", { state: "downloaded", repaired: [] }, "info", "Repaired"],
  ["a check", "archive", { state: "verified" }, "debug", "Watcher looked"],
  ["a failure", "archive", { state: "error", code: "size" }, "warn", "Watcher failed"],
  ["an applied list", "machines", { state: "updated" }, "info", "Specification applied"],
  ["another watcher", "exec", { state: "success" }, "info", "Watcher looked"],
];

for (const [name, type, extra, level, message] of CASES) {
  Deno.test(`LogSink.publish() writes a line for ${name}`, () => {
    const log = new MemoryLog();
    new LogSink(log).publish(watcherEvent(ORIGIN, { type, name: "w", extra }));
    deepStrictEqual(log.entries.map((entry) => [entry.level, entry.message]), [[level, message]]);
  });
}

Deno.test("LogSink.publish() writes a line for a transition", () => {
  const log = new MemoryLog();
  new LogSink(log).publish(transitionEvent(ORIGIN, { transition: "go", from: "A", to: "B" }));
  deepStrictEqual(log.entries.map(({ message, fields }) => [message, fields]), [
    ["Machine changed its state", { machine: "mm_facts", event: "go", from: "A", to: "B" }],
  ]);
});
