import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import {
  DownloadTurns,
  MAX_DOWNLOADS,
  MAX_DOWNLOADS_PER_HOST,
} from "../../src/archive/download_turns.ts";

const { signal } = new AbortController();

/** Downloads that go on until told, and which of them have begun. */
function slow(turns: DownloadTurns) {
  const begun: string[] = [];
  const end = Promise.withResolvers<void>();
  const all: Promise<void>[] = [];
  const start = (host: string) => {
    all.push(turns.run(host, () => {
      begun.push(host);
      return end.promise;
    }, { signal }));
  };
  return { begun, start, finish: () => (end.resolve(), Promise.all(all)) };
}

/** Lets whatever can go on do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 100; turn++) await Promise.resolve();
}

for (const more of [-1, 0, 1]) {
  Deno.test(`DownloadTurns.run() with ${more} over what one host may have leaves others their turn (#91, #105)`, async () => {
    const { begun, start, finish } = slow(new DownloadTurns());
    for (let n = 0; n < MAX_DOWNLOADS_PER_HOST + more; n++) start("slow");
    start("other");
    await settle();
    const now = Math.min(MAX_DOWNLOADS_PER_HOST + more, MAX_DOWNLOADS_PER_HOST);
    deepStrictEqual(begun.filter((host) => host === "slow").length, now);
    strictEqual(begun.includes("other"), true);
    await finish();
    strictEqual(begun.length, MAX_DOWNLOADS_PER_HOST + more + 1);
  });
}

for (const more of [-1, 0, 1]) {
  Deno.test(`DownloadTurns.run() with ${more} over what a node may have at once`, async () => {
    const { begun, start, finish } = slow(new DownloadTurns());
    for (let n = 0; n < MAX_DOWNLOADS + more; n++) start(`host${n}`);
    await settle();
    strictEqual(begun.length, Math.min(MAX_DOWNLOADS + more, MAX_DOWNLOADS));
    await finish();
  });
}

Deno.test("DownloadTurns.run() gives up waiting with the reason of its signal", async () => {
  const turns = new DownloadTurns();
  const { start, finish } = slow(turns);
  for (let n = 0; n < MAX_DOWNLOADS_PER_HOST; n++) start("slow");
  const controller = new AbortController();
  const waiting = turns.run("slow", () => Promise.resolve(), { signal: controller.signal });
  controller.abort(new Error("enough"));
  await rejects(waiting, /enough/);
  await finish();
});
