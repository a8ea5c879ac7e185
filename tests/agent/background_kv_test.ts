import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { BackgroundKv } from "../../src/agent/background_kv.ts";
import { type Kv, KvError } from "../../src/ports/kv.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { MemoryKv } from "../../src/testing/memory_kv.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";

function background(failures: number) {
  const clock = new FakeClock();
  const log = new MemoryLog();
  const memory = new MemoryKv({ buckets: ["B"] });
  let tries = 0;
  const connect = (): Promise<Kv> => {
    if (++tries > failures) return Promise.resolve(memory);
    return Promise.reject(new KvError("Cannot connect: refused", { code: "unreachable" }));
  };
  const kv = new BackgroundKv({ connect, clock, log, random: () => 0.5 });
  return { kv, clock, log, memory, tries: () => tries };
}

const value = new TextEncoder().encode("x");

Deno.test("BackgroundKv hands calls on once the store is there", async () => {
  const { kv, memory } = background(0);
  await using _kv = kv;
  const bucket = kv.bucket("B");
  strictEqual(await bucket.put("k", value), 1);
  const found = await bucket.get("k");
  strictEqual(found.kind, "value");
  strictEqual((await bucket.history("k")).length, 1);
  await bucket.delete("k");
  deepStrictEqual((await memory.bucket("B").get("k")).kind, "absent");
  strictEqual((await kv.createBucket("C")).created, true);
});

Deno.test("BackgroundKv tries for ever, warns once, and calls give up after a while (#188)", async () => {
  const { kv, clock, log, tries } = background(50);
  await using _kv = kv;
  const call = rejects(kv.bucket("B").get("k"), { code: "unreachable" });
  await clock.advance(3_000);
  await call;
  await clock.advance(3_600_000);
  strictEqual(tries(), 51);
  strictEqual(log.entries.filter(({ level }) => level === "warn").length, 1);
  strictEqual((await kv.bucket("B").get("k")).kind, "absent");
});

Deno.test("BackgroundKv tells listeners when the store is there, and of changes afterwards", async () => {
  const { kv, clock, memory } = background(3);
  await using _kv = kv;
  const stop = new AbortController();
  let heard = 0;
  const listening = (async () => {
    for await (const _ of kv.bucket("B").changes("k", { signal: stop.signal })) heard++;
  })();
  await clock.advance(10_000);
  strictEqual(heard > 0, true);
  const before = heard;
  await memory.bucket("B").put("k", value);
  await clock.advance(1);
  strictEqual(heard > before, true);
  stop.abort();
  await listening;
});

Deno.test("BackgroundKv ends what waits when it is disposed or the caller gives up", async () => {
  const { kv } = background(1_000);
  const stop = new AbortController();
  const given = rejects(kv.bucket("B").get("k", { signal: stop.signal }), /enough/);
  stop.abort(new Error("enough"));
  await given;
  const closed = rejects(kv.bucket("B").get("k"), { code: "closed" });
  await kv[Symbol.asyncDispose]();
  await closed;
  await kv[Symbol.asyncDispose]();
});
