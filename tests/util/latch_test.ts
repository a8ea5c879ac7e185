import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Latch } from "../../src/util/latch.ts";

Deno.test("Latch.wait() resolves once for any number of earlier rings", async () => {
  const latch = new Latch();
  latch.ring();
  latch.ring();
  await latch.wait();
  strictEqual(latch.rung, false);
});

Deno.test("Latch.wait() wakes when rung", async () => {
  const latch = new Latch();
  const seen: string[] = [];
  const waiting = latch.wait().then(() => seen.push("woken"));
  await Promise.resolve();
  deepStrictEqual(seen, []);
  latch.ring();
  await waiting;
  deepStrictEqual(seen, ["woken"]);
  strictEqual(latch.rung, false);
});

Deno.test("Latch.wait() rejects with the reason of its signal and keeps later rings", async () => {
  const latch = new Latch();
  const controller = new AbortController();
  const reason = new Error("enough");
  const waiting = latch.wait({ signal: controller.signal });
  controller.abort(reason);
  await rejects(waiting, reason);
  await rejects(latch.wait({ signal: controller.signal }), reason);
  latch.ring();
  strictEqual(latch.rung, true);
  await latch.wait();
});
