import { rejects, strictEqual } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { IDLE_MS, MINIMUM_RATE, RATE_WINDOW_MS, TOTAL_MS } from "../../src/archive/watchdog.ts";
import type { FakeClock } from "../../src/testing/fake_clock.ts";
import { DownloadWorld, read, URL_1 } from "../support/download_world.ts";

Deno.test("openDownload() gives up on a server that never answers (#90)", async () => {
  const world = new DownloadWorld();
  world.http.on(URL_1, () => new Promise<Response>(() => {}));
  const started = world.clock.monotonic();
  await rejects(world.clock.until(world.open()), hasCode("slow"));
  strictEqual(world.clock.monotonic() - started, IDLE_MS);
  strictEqual(world.clock.waiting, 0);
});

Deno.test("openDownload() gives up on a body that stalls (#90)", async () => {
  const world = new DownloadWorld();
  world.http.on(URL_1, () => new Response(drip(world.clock, [[0, 10], [IDLE_MS + 1000, 10]])));
  await rejects(world.clock.until(world.load()), hasCode("slow"));
  world.http.on(URL_1, () => new Response(drip(world.clock, [[0, 10], [IDLE_MS - 1500, 10]])));
  strictEqual((await world.clock.until(world.load())).length, 20);
});

Deno.test("openDownload() gives up on a slow loris within 90 seconds (#91)", async () => {
  const world = new DownloadWorld();
  const loris = Array.from({ length: 500 }, () => [3000, 1] as const);
  world.http.on(URL_1, () => new Response(drip(world.clock, loris)));
  const started = world.clock.monotonic();
  await rejects(world.clock.until(world.load()), hasCode("slow"));
  strictEqual(world.clock.monotonic() - started <= 90_000, true);
});

Deno.test("openDownload() bears with the smallest rate that is allowed", async () => {
  const world = new DownloadWorld();
  const seconds = 3 * RATE_WINDOW_MS / 1000;
  const steady = Array.from({ length: seconds }, () => [1000, MINIMUM_RATE] as const);
  world.http.on(URL_1, () => new Response(drip(world.clock, steady)));
  const limit = 10 * seconds * MINIMUM_RATE;
  strictEqual(
    (await world.clock.until(world.load(URL_1, { limit }))).length,
    seconds * MINIMUM_RATE,
  );
  const slower = Array.from({ length: seconds }, () => [1000, MINIMUM_RATE - 1] as const);
  world.http.on(URL_1, () => new Response(drip(world.clock, slower)));
  await rejects(world.clock.until(world.load(URL_1, { limit })), hasCode("slow"));
});

Deno.test("openDownload() gives up when the whole takes too long", async () => {
  const world = new DownloadWorld();
  const steady = Array.from({ length: 2000 }, () => [1000, 2048] as const);
  world.http.on(URL_1, () => new Response(drip(world.clock, steady)));
  const limit = 1e9;
  const started = world.clock.monotonic();
  await rejects(world.clock.until(world.load(URL_1, { limit })), hasCode("timeout"));
  strictEqual(world.clock.monotonic() - started, TOTAL_MS);
  await rejects(
    world.clock.until(world.load(URL_1, { limit, timeoutMs: 5000 })),
    hasCode("timeout"),
  );
  strictEqual(world.clock.monotonic() - started, TOTAL_MS + 5000);
});

Deno.test("openDownload() rejects with the reason of an abort, before and during", async () => {
  const world = new DownloadWorld();
  const reason = new Error("stop");
  await rejects(world.open(URL_1, { signal: AbortSignal.abort(reason) }), reason);
  const abort = new AbortController();
  world.http.on(URL_1, () => new Response(drip(world.clock, [[0, 10], [5000, 10]])));
  await using download = await world.open(URL_1, { signal: abort.signal });
  const reading = read(download);
  reading.catch(() => {});
  await world.clock.advance(10);
  abort.abort(reason);
  await rejects(reading, reason);
});

/** Pieces of so many bytes, each after so many milliseconds of fake time. */
function drip(
  clock: FakeClock,
  pieces: readonly (readonly [ms: number, bytes: number])[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let index = 0;
  const stop = new AbortController();
  return new ReadableStream({
    async pull(controller) {
      const piece = pieces[index++];
      if (piece === undefined) return controller.close();
      try {
        if (piece[0] > 0) await clock.sleep(piece[0], { signal: stop.signal });
      } catch {
        return;
      }
      controller.enqueue(new Uint8Array(piece[1]));
    },
    cancel() {
      stop.abort();
    },
  });
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
