import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Latch } from "../../src/util/latch.ts";
import { runAll } from "../../src/util/run_all.ts";

Deno.test("runAll() throws the first failure once all tasks have ended", async () => {
  const seen: string[] = [];
  const patient = async (signal: AbortSignal) => {
    try {
      await new Latch().wait({ signal });
    } finally {
      seen.push("ended");
    }
  };
  const failing = () => Promise.reject(new Error("first"));
  const { signal } = new AbortController();
  await rejects(runAll([patient, failing, patient], { signal }), /first/);
  deepStrictEqual(seen, ["ended", "ended"]);
});

Deno.test("runAll() resolves when it is aborted, and when there is nothing left to do", async () => {
  const controller = new AbortController();
  const wait = (signal: AbortSignal) => new Latch().wait({ signal });
  const running = runAll([wait, wait], { signal: controller.signal });
  controller.abort(new Error("enough"));
  await running;
  await runAll([], { signal: new AbortController().signal });
});

Deno.test("runAll() throws what goes wrong while the tasks end", async () => {
  const controller = new AbortController();
  const messy = async (signal: AbortSignal) => {
    await new Latch().wait({ signal }).catch(() => {});
    throw new Error("on the way out");
  };
  const running = runAll([messy], { signal: controller.signal });
  controller.abort();
  await rejects(running, /on the way out/);
  strictEqual(controller.signal.aborted, true);
});
