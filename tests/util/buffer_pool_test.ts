import { notStrictEqual, strictEqual } from "node:assert/strict";
import { BufferPool, isPooled, POOL_BUFFER_BYTES } from "../../src/util/buffer_pool.ts";

Deno.test("BufferPool.take() gives what came back, and never what is in use or not its own", () => {
  const pool = new BufferPool();
  const buffer = pool.take();
  strictEqual(buffer.byteLength, POOL_BUFFER_BYTES);
  notStrictEqual(pool.take(), buffer);
  pool.give(buffer);
  pool.give(new ArrayBuffer(10));
  const handedOn = pool.take();
  strictEqual(handedOn, buffer);
  structuredClone(handedOn, { transfer: [handedOn] });
  pool.give(handedOn);
  strictEqual(isPooled(handedOn), false);
  strictEqual(pool.take().byteLength, POOL_BUFFER_BYTES);
});

Deno.test("BufferPool.give() keeps only so many", () => {
  const pool = new BufferPool();
  const all = Array.from({ length: 20 }, () => pool.take());
  for (const buffer of all) pool.give(buffer);
  const again = new Set(Array.from({ length: 20 }, () => pool.take()));
  strictEqual(all.filter((buffer) => again.has(buffer)).length, 16);
});
