import { rejects } from "node:assert";
import { lockBucket } from "../../src/deno/directory_lock.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { failsWith } from "../support/kv_contract.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();

Deno.test("lockBucket() waits for the holder, and gives up on one that is stuck", async () => {
  await using directory = await temporaryDirectory();
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const options = { path: directory.path, fs, clock, signal };
  const held = await lockBucket(options);
  const waiting = lockBucket(options);
  await clock.advance(5_000);
  held[Symbol.dispose]();
  const second = await clock.until(waiting);
  await rejects(clock.until(lockBucket(options)), failsWith("unreachable"));
  second[Symbol.dispose]();
});

Deno.test("lockBucket() rejects with the reason when it is aborted", async () => {
  await using directory = await temporaryDirectory();
  const clock = new FakeClock();
  const controller = new AbortController();
  const options = { path: directory.path, fs, clock, signal: controller.signal };
  using _held = await lockBucket(options);
  const reason = new Error("enough");
  const failing = rejects(lockBucket(options), (error) => error === reason);
  controller.abort(reason);
  await failing;
});
