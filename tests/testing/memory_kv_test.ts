import { rejects, strictEqual } from "node:assert";
import { KvError } from "../../src/ports/kv.ts";
import { MemoryKv } from "../../src/testing/memory_kv.ts";
import { failsWith, testKvContract } from "../support/kv_contract.ts";

testKvContract("MemoryKv", () => {
  const kv = new MemoryKv();
  return Promise.resolve({
    kv,
    removeBucket: (name) => Promise.resolve(kv.removeBucket(name)),
    [Symbol.asyncDispose]: () => kv[Symbol.asyncDispose](),
  });
});

Deno.test("MemoryKv.fail() cuts the store off until it is mended", async () => {
  const kv = new MemoryKv({ buckets: ["B"] });
  await kv.bucket("B").put("k", new Uint8Array([1]));
  kv.fail(new KvError("Cannot reach the store: it is away", { code: "unreachable" }));
  await rejects(kv.bucket("B").get("k"), failsWith("unreachable"));
  const controller = new AbortController();
  let woken = 0;
  for await (const _ of kv.bucket("B").changes("k", { signal: controller.signal })) {
    woken++;
    if (woken === 1) kv.fail(undefined);
    else controller.abort();
  }
  strictEqual((await kv.bucket("B").get("k")).kind, "value");
  strictEqual(kv.listeners, 0);
});

Deno.test("MemoryKv stamps and limits what it keeps when it is told to", async () => {
  const kv = new MemoryKv({ buckets: ["B"], maxValue: 2, now: () => 42 });
  await kv.bucket("B").put("k", new Uint8Array(2));
  await rejects(kv.bucket("B").put("k", new Uint8Array(3)), failsWith("too_large"));
  const [revision] = await kv.bucket("B").history("k");
  strictEqual(revision?.time, 42);
  strictEqual(kv.gets, 0);
});
