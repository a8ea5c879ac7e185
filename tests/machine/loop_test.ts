import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Outcome } from "../../src/machine/watcher.ts";
import { Latch } from "../../src/util/latch.ts";
import { definition, FAILURE, start, SUCCESS, UNCHANGED, world } from "./harness.ts";

Deno.test("WatcherLoop.run() looks at the start and at intervals, the first one shortened", async () => {
  await using it = await world({ random: () => 0.5 });
  await using _ = await start(it, definition([{ name: "w", interval: "1m" }]));
  deepStrictEqual(it.types.looks, ["w start"]);
  await it.clock.advance(44_999);
  strictEqual(it.types.looks.length, 1);
  await it.clock.advance(1);
  deepStrictEqual(it.types.looks, ["w start", "w interval"]);
  await it.clock.advance(59_999);
  strictEqual(it.types.looks.length, 2);
  await it.clock.advance(1);
  strictEqual(it.types.looks.length, 3);
});

Deno.test("WatcherLoop.run() waits one interval where the type does not look at the start", async () => {
  await using it = await world({ random: () => 0.5 });
  it.types.on("w", { pace: { atStart: false } }).on("gathers", {
    pace: { atStart: false, gatherMs: 30_000 },
  }).on("never", { pace: { atStart: false } });
  const what = definition([
    { name: "w", interval: "1m" },
    { name: "gathers", interval: "1m" },
    { name: "never" },
  ]);
  await using _ = await start(it, what);
  await it.clock.advance(15_000);
  deepStrictEqual(it.types.looks, ["gathers interval"]);
  await it.clock.advance(45_000);
  deepStrictEqual(it.types.looks, ["gathers interval", "w interval"]);
  await it.clock.advance(15_000);
  deepStrictEqual(it.types.looks, ["gathers interval", "w interval", "gathers interval"]);
});

Deno.test("WatcherLoop.run() uses its type's interval when the manifest gives none", async () => {
  await using it = await world();
  it.types.on("w", { pace: { defaultMs: 5_000 } });
  await using _ = await start(it, definition([{ name: "w" }, { name: "none" }]));
  await it.clock.advance(10_000);
  deepStrictEqual(it.types.looks, ["w start", "none start", "w interval", "w interval"]);
  deepStrictEqual(it.types.contexts.map((context) => context.watcher.intervalMs), [
    5_000,
    undefined,
    5_000,
    5_000,
  ]);
});

Deno.test("WatcherLoop.run() looks only in its states, and at once when one is entered", async () => {
  await using it = await world();
  const what = definition([
    { name: "on", stateMatch: ["ON"], interval: "1m" },
    { name: "off", stateMatch: ["OFF"], interval: "1m" },
    { name: "both", stateMatch: ["OFF", "ON"] },
    { name: "all" },
  ]);
  await using it2 = await start(it, what);
  deepStrictEqual(it.types.looks.splice(0), ["off start", "both start", "all start"]);
  await it2.machine.fire("start");
  await it.clock.settle();
  deepStrictEqual(it.types.looks.splice(0), ["on state", "both state", "all state"]);
  await it.clock.advance(60_000);
  deepStrictEqual(it.types.looks, ["on interval"]);
});

Deno.test("WatcherLoop.run() needs every foreign state, and hears when one changes", async () => {
  await using it = await world();
  const states = new Map([["mains", "LIVE"], ["sun", "UP"]]);
  const what = definition([{
    name: "w",
    stateMatch: ["OFF"],
    foreignStates: [{ machineName: "mains", state: "LIVE" }, { machineName: "sun", state: "DOWN" }],
  }, { name: "unknown", foreignStates: [{ machineName: "nobody", state: "" }] }]);
  await using it2 = await start(it, what, { stateOf: (name) => states.get(name) });
  deepStrictEqual(it.types.looks, []);
  states.set("sun", "DOWN");
  it2.machine.refreshForeign();
  await it.clock.settle();
  deepStrictEqual(it.types.looks, ["w state"]);
  it2.machine.refreshForeign();
  await it.clock.settle();
  deepStrictEqual(it.types.looks, ["w state"]);
  states.delete("mains");
  it2.machine.refreshForeign();
  strictEqual(it2.machine.status().watchers[0]?.active, false);
});

Deno.test("WatcherLoop.run() folds wake-ups, and never looks twice at a time", async () => {
  await using it = await world();
  const gate = new Latch();
  let looking = 0;
  it.types.on("w", {
    watch: async ({ signal }) => {
      looking++;
      strictEqual(looking, 1);
      await gate.wait({ signal });
      looking--;
      return UNCHANGED;
    },
    reads: ["item"],
  }).on("writer", {
    watch: () => ({ ...UNCHANGED, data: { item: it.types.looks.length } }),
    pace: { defaultMs: 1_000 },
  });
  await using _ = await start(it, definition([{ name: "w" }, { name: "writer" }]));
  await it.clock.advance(5_000);
  const mine = () => it.types.looks.filter((look) => look.startsWith("w "));
  deepStrictEqual(mine(), ["w start"]);
  gate.ring();
  await it.clock.settle();
  deepStrictEqual(mine(), ["w start", "w data"]);
  gate.ring();
  await it.clock.settle();
  deepStrictEqual(mine(), ["w start", "w data"]);
});

Deno.test("WatcherLoop.run() aborts a look whose state is left, and drops what it finds", async () => {
  await using it = await world();
  const gate = new Latch();
  const reasons: boolean[] = [];
  it.types.on("deaf", {
    watch: async ({ signal }) => {
      await gate.wait();
      reasons.push(signal.aborted);
      return { ...SUCCESS, data: { late: true } };
    },
  }).on("polite", {
    watch: async ({ signal }) => {
      await new Latch().wait({ signal });
      return SUCCESS;
    },
  });
  const what = definition(["deaf", "polite"].map((name) => ({
    name,
    stateMatch: ["OFF"],
    successTransition: "start",
  })));
  await using it2 = await start(it, what);
  await it2.machine.fire("start");
  await it.clock.settle();
  gate.ring();
  await it.clock.settle();
  deepStrictEqual(reasons, [true]);
  deepStrictEqual(it2.machine.status().watchers.map((watcher) => watcher.looks), [0, 0]);
  deepStrictEqual(it.events.events.map((event) => event.subject), ["choria.machine.transition"]);
  deepStrictEqual(it.log.messages("error"), []);
});

Deno.test("WatcherLoop.run() lets a look go on when the next state wants it too", async () => {
  await using it = await world();
  const gate = new Latch();
  it.types.on("w", {
    watch: async ({ signal }) => {
      await gate.wait({ signal });
      return SUCCESS;
    },
  });
  const what = definition([{ name: "w", stateMatch: ["OFF", "ON"], successTransition: "stop" }]);
  await using it2 = await start(it, what);
  await it2.machine.fire("start");
  gate.ring();
  await it.clock.advance(100);
  deepStrictEqual(it.types.looks, ["w start", "w state"]);
  strictEqual(it2.machine.status().state, "OFF");
});

Deno.test("WatcherLoop.run() drops an outcome whose turn comes after the state was left", async () => {
  await using it = await world();
  const [first, second] = [new Latch(), new Latch()];
  it.types.on("first", { watch: () => first.wait().then(() => SUCCESS) })
    .on("second", { watch: () => second.wait().then(() => ({ ...SUCCESS, data: { late: 1 } })) });
  const what = definition(["first", "second"].map((name) => ({
    name,
    stateMatch: ["OFF"],
    successTransition: "start",
  })));
  await using it2 = await start(it, what);
  first.ring();
  second.ring();
  await it.clock.settle();
  deepStrictEqual(it2.machine.status().watchers.map((watcher) => watcher.looks), [1, 0]);
});

Deno.test("WatcherLoop.run() takes a throw for a failure, with its code", async () => {
  await using it = await world();
  const errors: unknown[] = [
    new Error("plain"),
    Object.assign(new Error("coded"), { code: "sig_invalid" }),
    Object.assign(new Error("numbered"), { code: 7 }),
    "text",
  ];
  it.types.on("w", { watch: () => Promise.reject(errors.shift()), pace: { defaultMs: 1_000 } });
  await using it2 = await start(it, definition([{ name: "w" }]));
  const seen: unknown[] = [];
  for (let n = 0; n < 4; n++) {
    seen.push(it2.machine.status().watchers[0]?.outcome);
    await it.clock.advance(1_000);
  }
  deepStrictEqual(seen, [
    { result: "failure", reason: "plain", code: "look_failed" },
    { result: "failure", reason: "coded", code: "sig_invalid" },
    { result: "failure", reason: "numbered", code: "look_failed" },
    { result: "failure", reason: "text", code: "look_failed" },
  ]);
  deepStrictEqual(it.events.events[0]?.subject, "choria.machine.watcher.scripted.state");
});

Deno.test("WatcherLoop.run() looks again when an outcome asks for it, whatever the interval", async () => {
  await using it = await world();
  const script: Outcome[] = [{ ...FAILURE, again: 5_000 }, { ...FAILURE, again: 120_000 }, FAILURE];
  it.types.on("w", { watch: () => script.shift() ?? UNCHANGED });
  await using _ = await start(it, definition([{ name: "w", interval: "1m" }]));
  await it.clock.advance(5_000);
  deepStrictEqual(it.types.looks.splice(0), ["w start", "w again"]);
  await it.clock.advance(119_999);
  deepStrictEqual(it.types.looks, []);
  await it.clock.advance(1);
  deepStrictEqual(it.types.looks.splice(0), ["w again"]);
  await it.clock.advance(60_000);
  deepStrictEqual(it.types.looks, ["w interval"]);
});

Deno.test("WatcherLoop.run() announces its last state again, active or not", async () => {
  await using it = await world();
  it.types.on("w", { watch: () => ({ ...UNCHANGED, state: "verified" }) });
  const what = definition([
    { name: "w", announceInterval: "1m" },
    { name: "idle", stateMatch: ["ON"], announceInterval: "2m" },
  ]);
  await using _ = await start(it, what);
  await it.clock.advance(120_000);
  const seen = it.events.events.map((event) => {
    const data = Object(event.body["data"]);
    return [data.name, data.state];
  });
  deepStrictEqual(seen.sort(), [["idle", "unknown"], ["w", "verified"], ["w", "verified"]]);
});

Deno.test("WatcherLoop.run() listens to its watcher's wake-ups while it is active, and mends them", async () => {
  await using it = await world({ random: () => 0.9 });
  const latch = new Latch();
  let opened = 0;
  let open = 0;
  it.types.on("w", {
    wakes: async function* ({ signal, machine }) {
      strictEqual(machine.name, "lamp");
      opened++;
      open++;
      try {
        if (opened === 1) throw new Error("broken");
        if (opened === 2) return;
        for (;;) {
          await latch.wait({ signal });
          yield;
        }
      } finally {
        open--;
      }
    },
  });
  await using it2 = await start(it, definition([{ name: "w", stateMatch: ["OFF"] }]));
  await it.clock.advance(10_000);
  strictEqual(opened, 3);
  deepStrictEqual(it.log.messages("warn"), [
    "The wake-ups of a watcher have failed",
    "The wake-ups of a watcher have ended early",
  ]);
  latch.ring();
  await it.clock.settle();
  deepStrictEqual(it.types.looks, ["w start", "w wake"]);
  await it2.machine.fire("start");
  await it.clock.settle();
  strictEqual(open, 0);
  const back = it2.machine.fire("stop");
  await it.clock.advance(1_000);
  await back;
  strictEqual(open, 1);
  deepStrictEqual(it.types.looks, ["w start", "w wake", "w state"]);
  await it2.stop();
  strictEqual(open, 0);
});

Deno.test("WatcherLoop.run() ends with its machine, in the middle of a look (#200)", async () => {
  await using it = await world();
  let ended = false;
  it.types.on("w", {
    watch: async ({ signal }) => {
      try {
        await it.clock.sleep(60_000, { signal });
      } finally {
        ended = true;
      }
      return SUCCESS;
    },
  });
  const it2 = await start(it, definition([{ name: "w" }]));
  await it2.stop();
  strictEqual(ended, true);
  strictEqual(it.clock.waiting, 0);
});

Deno.test("WatcherLoop.run() is not confused by a clock that is set back (#179)", async () => {
  await using it = await world();
  await using _ = await start(it, definition([{ name: "w", interval: "1m" }]));
  it.clock.jump(-86_400_000);
  await it.clock.advance(60_000);
  it.clock.jump(2 * 86_400_000);
  await it.clock.settle();
  deepStrictEqual(it.types.looks, ["w start", "w interval"]);
});

Deno.test("WatcherLoop.status() is pending from the moment that new data asks for a look until it was looked at", async () => {
  await using it = await world();
  const brings = new Latch();
  it.types.on("source", {
    watch: async ({ signal }) => {
      await brings.wait({ signal });
      return { ...SUCCESS, data: { list: 1 } };
    },
  }).on("reader", {
    reads: ["list"],
    watch: ({ data }) => ({ ...SUCCESS, details: { saw: data["list"] ?? null } }),
  });
  const seen: unknown[] = [];
  let note = () => {};
  await using it2 = await start(it, definition([{ name: "source" }, { name: "reader" }]), {
    onChange: () => queueMicrotask(() => note()),
  });
  note = () => {
    const [, reader] = it2.machine.status().watchers;
    seen.push([reader?.pending, reader?.outcome?.details?.["saw"]]);
  };
  brings.ring();
  await it.clock.settle();
  deepStrictEqual(seen[0], [true, null]);
  deepStrictEqual(seen.at(-1), [false, 1]);
});
