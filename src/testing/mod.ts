/**
 * Doubles that behave: a clock that is moved by hand, a store, an event sink and a log in memory, a
 * node and commands as the test wants them, HTTP without a network, and a file system that breaks
 * where it is told to.
 *
 * @example
 * ```ts
 * import { FakeClock } from "@machinist/machinist/testing";
 * import { strictEqual } from "node:assert";
 *
 * const clock = new FakeClock();
 * let rung = 0;
 * const ringing = (async () => {
 *   for (; rung < 3; rung++) await clock.sleep(60_000);
 * })();
 * await clock.advance(180_000);
 * await ringing;
 * strictEqual(rung, 3);
 * ```
 *
 * @module
 */
export { FakeClock, type FakeClockOptions, type UntilOptions } from "./fake_clock.ts";
export { FakeNode, type FakeNodeOptions, type FakePath } from "./fake_node.ts";
export { type FakeCommand, FakeProcess, type FakeRun } from "./fake_process.ts";
export { FaultFs, type FaultFsOptions } from "./fault_fs.ts";
export { MemoryKv, type MemoryKvOptions } from "./memory_kv.ts";
export { type LogEntry, type LogLevel, MemoryLog } from "./memory_log.ts";
export { type EventFilter, MemorySink } from "./memory_sink.ts";
export { StoppedWorld } from "./stopped_world.ts";
export { TestHttp, type TestHttpAnswer, type TestHttpRequest } from "./test_http.ts";
