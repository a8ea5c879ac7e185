import { deepStrictEqual, match } from "node:assert/strict";
import { catchStrays } from "../../src/deno/strays.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";

Deno.test("catchStrays() logs what nobody caught, also at its very end (#204)", async () => {
  const log = new MemoryLog();
  {
    await using _strays = catchStrays(log);
    Promise.reject(new Error("one"));
    await new Promise((resolve) => setTimeout(resolve, 0));
    reportError(new Error("two"));
    Promise.reject("three");
  }
  deepStrictEqual(log.messages("error"), [
    "Nobody caught a rejection",
    "Nobody caught an error",
    "Nobody caught a rejection",
  ]);
  const reasons = log.entries.map(({ fields }) => String(fields["reason"]));
  match(reasons[0] ?? "", /^Error: one\n/);
  deepStrictEqual(reasons[2], "three");
});
