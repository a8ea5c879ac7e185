import { rejects, strictEqual } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { WorkerPool } from "../../src/worker/worker_pool.ts";
import type { WorkerThread } from "../../src/worker/worker_thread.ts";

const hash = { kind: "hash", root: "/nowhere", jobs: [] } as const;

Deno.test("WorkerPool.run() uses an idle worker again, and ends it after a while", async () => {
  const clock = new FakeClock();
  using pool = new WorkerPool(clock);
  const seen = new Set<WorkerThread>();
  for (let i = 0; i < 3; i++) {
    await pool.run(async (thread) => {
      seen.add(thread);
      strictEqual((await thread.ask(hash)).hashed, 0);
    });
  }
  strictEqual(seen.size, 1);
  strictEqual(pool.idle, 1);
  await clock.advance(2000);
  strictEqual(pool.idle, 0);
  for (const thread of seen) strictEqual(thread.alive, false);
});

Deno.test("WorkerPool.run() does not lend a worker that has failed", async () => {
  const clock = new FakeClock();
  using pool = new WorkerPool(clock);
  await pool.run(async (thread) => {
    const waiting = thread.ask(hash);
    thread[Symbol.dispose]();
    await rejects(waiting, ArchiveError);
    await rejects(thread.ask(hash), ArchiveError);
  });
  strictEqual(pool.idle, 0);
  strictEqual(await pool.run(async (thread) => (await thread.ask(hash)).hashed), 0);
});

Deno.test("WorkerThread.ask() rejects with what went wrong inside, and goes on", async () => {
  const clock = new FakeClock();
  using pool = new WorkerPool(clock);
  await pool.run(async (thread) => {
    await rejects(thread.ask({ kind: "finish" }), TypeError);
    await thread.ask({ kind: "dispose" });
    await thread.ask({ kind: "sync", paths: ["/nowhere"] });
  });
  pool[Symbol.dispose]();
  strictEqual(pool.idle, 0);
});
