import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { testClockContract } from "../support/clock_contract.ts";

testClockContract("FakeClock", () => {
  const clock = new FakeClock();
  return { clock, pass: (ms) => clock.advance(ms) };
});

Deno.test("FakeClock.advance() lets long chains of awaits run between two sleeps", async () => {
  const clock = new FakeClock({ now: 0 });
  const stamps: number[] = [];
  const running = (async () => {
    for (let i = 0; i < 5; i++) {
      await clock.sleep(10);
      for (let j = 0; j < 500; j++) await Promise.resolve();
      stamps.push(clock.now());
    }
  })();
  await clock.advance(50);
  await running;
  deepStrictEqual(stamps, [10, 20, 30, 40, 50]);
});

Deno.test("FakeClock.until() moves time as far as a promise needs, and no further than its limit", async () => {
  const clock = new FakeClock({ now: 0 });
  strictEqual(await clock.until(clock.sleep(3_600_000).then(() => "done")), "done");
  strictEqual(clock.monotonic(), 3_600_000);
  await rejects(clock.until(Promise.reject(new Error("no"))), /no/);
  const never = (async () => {
    for (;;) await clock.sleep(1_000);
  })();
  await rejects(clock.until(never, { limitMs: 5_000 }), /still pending/);
  strictEqual(clock.waiting, 1);
  strictEqual(clock.nextIn, 1_000);
});

Deno.test("FakeClock.until() waits for what needs no time of its own", async () => {
  const clock = new FakeClock();
  const real = new Deno.Command("true").output().then(() => "real");
  strictEqual(await clock.until(real), "real");
  strictEqual(clock.nextIn, undefined);
});

Deno.test("FakeClock.jump() moves the wall clock alone (#179)", async () => {
  const clock = new FakeClock({ now: 1_000 });
  const sleeping = clock.sleep(100);
  clock.jump(-500);
  strictEqual(clock.now(), 500);
  strictEqual(clock.monotonic(), 0);
  await clock.advance(100);
  await sleeping;
  strictEqual(clock.now(), 600);
});
