import { rejects, strictEqual } from "node:assert/strict";
import { Latch } from "../../src/util/latch.ts";
import { firstOf, mergeWakes } from "../../src/util/race.ts";

async function* rings(latch: Latch, signal: AbortSignal): AsyncGenerator<void> {
  for (;;) {
    try {
      await latch.wait({ signal });
    } catch {
      return;
    }
    yield;
  }
}

Deno.test("mergeWakes() yields for each source and ends with its signal", async () => {
  const [left, right] = [new Latch(), new Latch()];
  const controller = new AbortController();
  let seen = 0;
  const reading = (async () => {
    const sources = [left, right].map((latch) => (signal: AbortSignal) => rings(latch, signal));
    for await (const _ of mergeWakes(sources, { signal: controller.signal })) {
      seen++;
      if (seen === 1) right.ring();
      else controller.abort();
    }
  })();
  left.ring();
  await reading;
  strictEqual(seen, 2);
});

Deno.test("mergeWakes() ends when all sources have, and without sources at once", async () => {
  const { signal } = new AbortController();

  const one = async function* (): AsyncGenerator<void> {
    yield;
  };
  let seen = 0;
  for await (const _ of mergeWakes([one, one], { signal })) seen++;
  strictEqual(seen >= 1 && seen <= 2, true);
  for await (const _ of mergeWakes([], { signal })) seen = -1;
  strictEqual(seen === -1, false);
});

Deno.test("mergeWakes() throws what a source throws and ends the others", async () => {
  const { signal } = new AbortController();
  const latch = new Latch();
  let ended = false;
  const patient = async function* (inner: AbortSignal): AsyncGenerator<void> {
    yield* rings(latch, inner);
    ended = true;
  };
  // deno-lint-ignore require-yield -- a source that only fails
  const broken = async function* (): AsyncGenerator<void> {
    throw new Error("broken");
  };
  await rejects(async () => {
    for await (const _ of mergeWakes([patient, broken], { signal })) { /* nothing to see */ }
  }, /broken/);
  strictEqual(ended, true);
});

Deno.test("firstOf() gives the first to settle and aborts the others", async () => {
  let aborted = false;
  const slow = (signal: AbortSignal) =>
    new Promise<string>((_, reject) => {
      signal.addEventListener("abort", () => {
        aborted = true;
        reject(signal.reason);
      });
    });
  const { signal } = new AbortController();
  strictEqual(await firstOf([slow, () => Promise.resolve("fast")], { signal }), "fast");
  strictEqual(aborted, true);
});

Deno.test("firstOf() rejects with the reason of its signal", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  controller.abort(reason);
  await rejects(firstOf([() => Promise.resolve(1)], { signal: controller.signal }), reason);
});
