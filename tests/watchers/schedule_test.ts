import { deepStrictEqual, strictEqual, throws } from "node:assert";
import type { Cause, Data } from "../../src/machine/watcher.ts";
import { FakeClock, MemoryLog } from "../../src/testing/mod.ts";
import { ScheduleWatcher } from "../../src/watchers/schedule.ts";
import { look } from "./look.ts";

const NOON = Date.UTC(2026, 0, 1, 12);
const HOUR = 3_600_000;
const DAILY = { schedules: ["0 13 * * *"], duration: "1h", timezone: "UTC" };

/** A watcher that is asked as its loop would ask it. */
class Rig {
  readonly clock: FakeClock;
  readonly watcher: ScheduleWatcher;
  #active: AbortController | undefined;

  constructor(properties: Data, options: { readonly now?: number; readonly random?: number } = {}) {
    this.clock = new FakeClock({ now: options.now ?? NOON });
    const random = () => options.random ?? 0.5;
    this.watcher = ScheduleWatcher.create(properties, {
      clock: this.clock,
      log: new MemoryLog(),
      random,
    });
  }

  async look(cause: Cause = "again"): Promise<string> {
    if (this.#active === undefined) this.#enter();
    const { result, state } = await this.watcher.watch(look({ cause }));
    return `${result} ${state}`;
  }

  /** The machine leaves the watcher's states. */
  async leave(): Promise<void> {
    this.#active?.abort();
    this.#active = undefined;
    await this.clock.settle();
  }

  #enter(): void {
    const active = new AbortController();
    const { machine, template } = look();
    this.watcher.wakes({ signal: active.signal, machine, template }).next();
    this.#active = active;
  }

  /** Looks as often as it wants to for so long: what changed, and when. */
  async during(ms: number): Promise<readonly string[]> {
    const told: string[] = [];
    const end = this.clock.now() + ms;
    for (;;) {
      const { result, state, again = Infinity } = await this.watcher.watch(
        look({ cause: "again" }),
      );
      const time = new Date(this.clock.now()).toISOString().slice(5, 16);
      if (result !== "unchanged") told.push(`${time} ${result} ${state}`);
      if (this.clock.now() + again > end) return told;
      await this.clock.advance(again);
    }
  }
}

Deno.test("ScheduleWatcher.watch() tells once when a window opens and once when it closes", async () => {
  const rig = new Rig(DAILY);
  strictEqual(await rig.look("start"), "unchanged unknown");
  deepStrictEqual(await rig.during(48 * HOUR), [
    "01-01T13:00 success on",
    "01-01T14:00 failure off",
    "01-02T13:00 success on",
    "01-02T14:00 failure off",
  ]);
});

Deno.test("ScheduleWatcher.watch() keeps on while windows overlap", async () => {
  const rig = new Rig({ ...DAILY, schedules: ["0 13 * * *", "30 13,14 * * *"] });
  deepStrictEqual(await rig.during(6 * HOUR), [
    "01-01T13:00 success on",
    "01-01T15:30 failure off",
  ]);
});

Deno.test("ScheduleWatcher.watch() closes and opens nothing where windows touch", async () => {
  const rig = new Rig({ ...DAILY, schedules: "*/30 13 * * *", duration: "30m" });
  deepStrictEqual(await rig.during(3 * HOUR), [
    "01-01T13:00 success on",
    "01-01T14:00 failure off",
  ]);
});

Deno.test("ScheduleWatcher.watch() knows nothing of windows that opened before the start", async () => {
  const rig = new Rig(DAILY, { now: NOON + 1.5 * HOUR });
  strictEqual(await rig.look("start"), "unchanged unknown");
  deepStrictEqual(await rig.during(24 * HOUR), ["01-02T13:00 success on"]);
});

Deno.test("ScheduleWatcher.watch() tells again of an open window when a state is entered again", async () => {
  const rig = new Rig(DAILY);
  await rig.look("start");
  await rig.clock.advance(1.1 * HOUR);
  strictEqual(await rig.look(), "success on");
  strictEqual(await rig.look("state"), "unchanged on");
  await rig.leave();
  strictEqual(await rig.look("state"), "success on");
  await rig.leave();
  await rig.clock.advance(HOUR);
  strictEqual(await rig.look("state"), "failure off");
});

Deno.test("ScheduleWatcher.watch() with skip_trigger_on_reenter tells of a window once", async () => {
  const rig = new Rig({ ...DAILY, skip_trigger_on_reenter: true });
  await rig.look("start");
  await rig.clock.advance(1.1 * HOUR);
  strictEqual(await rig.look(), "success on");
  await rig.leave();
  strictEqual(await rig.look("state"), "unchanged on");
  await rig.clock.advance(HOUR);
  strictEqual(await rig.look(), "failure off");
});

Deno.test("ScheduleWatcher.watch() fails in a first state that is entered without an open window", async () => {
  strictEqual(await new Rig(DAILY).look("state"), "failure off");
});

Deno.test("ScheduleWatcher.watch() opens windows up to start_splay later", async () => {
  const rig = new Rig({ ...DAILY, start_splay: "30m" });
  deepStrictEqual(await rig.during(3 * HOUR), [
    "01-01T13:15 success on",
    "01-01T14:15 failure off",
  ]);
});

Deno.test("ScheduleWatcher.watch() notices within a minute that the clock was set (#179)", async () => {
  const rig = new Rig(DAILY);
  const { again } = await rig.watcher.watch(look({ cause: "start" }));
  strictEqual(again, 60_000);
  rig.clock.jump(1.5 * HOUR);
  strictEqual(await rig.look(), "success on");
  rig.clock.jump(-24 * HOUR);
  strictEqual(await rig.look(), "failure off");
});

Deno.test("ScheduleWatcher.watch() follows the wall clock through changes of daylight saving time", async () => {
  const berlin = { ...DAILY, schedules: ["30 2 * * *"], timezone: "Europe/Berlin" };
  const spring = new Rig(berlin, { now: Date.UTC(2024, 2, 30, 12) });
  // 02:30 does not exist on 31 March 2024: the window opens when the clock has gone on to 03:00.
  deepStrictEqual(await spring.during(24 * HOUR), [
    "03-31T01:00 success on",
    "03-31T02:00 failure off",
  ]);
  const autumn = new Rig(berlin, { now: Date.UTC(2024, 9, 26, 12) });
  // 02:30 comes twice on 27 October 2024: the window opens at the first.
  deepStrictEqual(await autumn.during(24 * HOUR), [
    "10-27T00:30 success on",
    "10-27T01:30 failure off",
  ]);
});

Deno.test("ScheduleWatcher.create() takes five fields and nicknames, and a minute by default", async () => {
  const rig = new Rig({ schedules: ["@daily", "5 4 * * MON-FRI"], timezone: "UTC" });
  deepStrictEqual(await rig.during(24 * HOUR), [
    "01-02T00:00 success on",
    "01-02T00:01 failure off",
    "01-02T04:05 success on",
    "01-02T04:06 failure off",
  ]);
});

const REFUSED: readonly (readonly [string, Data, RegExp])[] = [
  ["no schedules", {}, /no schedules defined/],
  ["a schedule that is none", { schedules: ["at noon"] }, /at noon/],
  ["six fields", { schedules: ["0 0 * * * *"] }, /0 0 \* \* \* \*/],
  ["a time zone that is none", { ...DAILY, timezone: "Mars/Base" }, /0 13/],
  ["too long a splay", { schedules: "@daily", start_splay: "1m" }, /bigger than half the duration/],
];

for (const [name, properties, message] of REFUSED) {
  Deno.test(`ScheduleWatcher.create() refuses ${name}`, () => {
    throws(() => new Rig(properties), { message });
  });
}

Deno.test("ScheduleWatcher.create() takes a splay of ten seconds in a minute", () => {
  deepStrictEqual(
    new Rig({ schedules: ["@daily", "@hourly"], start_splay: "10s" }).watcher.pace,
    {},
  );
});
