import { deepStrictEqual, strictEqual, throws } from "node:assert";
import type { Data } from "../../src/machine/watcher.ts";
import { FakeClock, MemoryLog } from "../../src/testing/mod.ts";
import { TimerWatcher } from "../../src/watchers/timer.ts";
import { look } from "./look.ts";

function timer(properties: Data, random = 0.5) {
  const clock = new FakeClock();
  const ports = { clock, log: new MemoryLog(), random: () => random };
  return { clock, watcher: TimerWatcher.create(properties, ports) };
}

Deno.test("TimerWatcher.create() reads the timer, raised to a second and splayed once", () => {
  const cases: readonly (readonly [Data, number])[] = [
    [{ timer: "1h" }, 3_600_000],
    [{ timer: 5_000_000_000 }, 5_000],
    [{ timer: "1ms" }, 1_000],
    [{}, 1_000],
    [{ timer: "1h", splay: "true" }, 1_800_000],
  ];
  for (const [properties, ms] of cases) strictEqual(timer(properties).watcher.ms, ms);
  throws(() => timer({ timer: "soon" }), /timer/);
});

for (const cause of ["start", "state"] as const) {
  Deno.test(`TimerWatcher.watch() fails at the end of the time after a ${cause}`, async () => {
    const { clock, watcher } = timer({ timer: "1h" });
    const begun = await watcher.watch(look({ cause }));
    deepStrictEqual(begun, {
      result: "unchanged",
      state: "running",
      reason: "the time is running",
      announce: true,
      again: 3_600_000,
      details: { timer: 3_600_000_000_000 },
    });
    await clock.advance(3_000_000);
    const early = await watcher.watch(look({ cause: "interval" }));
    deepStrictEqual([early.result, early.again], ["unchanged", 600_000]);
    await clock.advance(600_000);
    const ended = await watcher.watch(look({ cause: "again" }));
    deepStrictEqual([ended.result, ended.state, ended.again], ["failure", "stopped", undefined]);
    const later = await watcher.watch(look({ cause: "interval" }));
    deepStrictEqual([later.result, later.state, later.again], ["unchanged", "stopped", undefined]);
  });
}

Deno.test("TimerWatcher.watch() begins anew with each state", async () => {
  const { clock, watcher } = timer({ timer: "1h" });
  await watcher.watch(look({ cause: "start" }));
  await clock.advance(3_599_999);
  strictEqual((await watcher.watch(look({ cause: "state" }))).again, 3_600_000);
  await clock.advance(1);
  strictEqual((await watcher.watch(look({ cause: "again" }))).result, "unchanged");
});
