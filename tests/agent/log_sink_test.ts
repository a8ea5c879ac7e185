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

type Line = readonly [level: string, message: string];

const CASES: readonly [string, string, Record<string, unknown>, readonly Line[]][] = [
  ["a deployment", "archive", { state: "downloaded" }, [["info", "Deployed"]]],
  ["a repair", "archive", { state: "downloaded", repaired: [] }, [["info", "Repaired"]]],
  ["a check", "archive", { state: "verified" }, [["debug", "A watcher has looked"]]],
  ["a failure", "archive", { state: "error", code: "size" }, [["warn", "A watcher has failed"]]],
  ["an applied list", "machines", { state: "updated", written: ["a"], removed: ["b", "c"] }, [
    ["info", "Wanted"],
    ["info", "Purged"],
    ["info", "Purged"],
  ]],
  ["a refused list", "machines", { state: "error" }, [["debug", "A watcher has looked"]]],
  ["another watcher", "exec", { state: "success" }, [["debug", "A watcher has looked"]]],
];

for (const [name, type, extra, lines] of CASES) {
  Deno.test(`LogSink.publish() says what people should know of ${name}`, () => {
    const log = new MemoryLog();
    new LogSink(log).publish(watcherEvent(ORIGIN, { type, name: "w", extra }));
    deepStrictEqual(log.entries.map(({ level, message }) => [level, message]), lines);
  });
}

Deno.test("LogSink.publish() leaves transitions to the machines' own log", () => {
  const log = new MemoryLog();
  new LogSink(log).publish(transitionEvent(ORIGIN, { transition: "go", from: "A", to: "B" }));
  deepStrictEqual(log.entries, []);
});

Deno.test("LogSink.publish() warns of a command that may not run once for each reason, and of one that fails each time", () => {
  const log = new MemoryLog();
  const sink = new LogSink(log);
  const levels = (code: string, reason: string, state = "error") => {
    const before = log.entries.length;
    const extra = { state, code, reason };
    sink.publish(watcherEvent(ORIGIN, { type: "exec", name: "w", extra }));
    return log.entries.slice(before).map(({ level }) => level).join();
  };
  const told = [
    levels("permission", "no --allow-run"),
    levels("permission", "no --allow-run"),
    levels("tampered", 'changed "a"'),
    levels("tampered", 'changed "b"'),
    levels("tampered", 'changed "b"'),
    levels("", "fine", "success"),
    levels("tampered", 'changed "b"'),
    levels("exit", "it ended with 1"),
    levels("exit", "it ended with 1"),
    levels("tampered", 'changed "b"'),
  ];
  deepStrictEqual(told, [
    "warn",
    "debug",
    "warn",
    "warn",
    "debug",
    "debug",
    "warn",
    "warn",
    "warn",
    "warn",
  ]);
});
