import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { MemoryLog } from "../../src/testing/memory_log.ts";

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
