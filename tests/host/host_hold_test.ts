import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { SCAN_MS } from "../../src/host/host.ts";
import { Latch } from "../../src/util/latch.ts";
import { SUCCESS } from "../machine/harness.ts";
import { hosted, manifest } from "./harness.ts";

const { signal } = new AbortController();

Deno.test("Host.hold() stops what runs, waits for its end, and lets it start afterwards", async () => {
  await using f = await hosted();
  const gate = new Latch();
  f.it.types.on("w", {
    watch: async () => {
      await gate.wait();
      return SUCCESS;
    },
  });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  let isHeld = false;
  const holding = f.host.hold("a", { signal }).then((held) => {
    isHeld = true;
    return held;
  });
  await f.it.clock.settle();
  deepStrictEqual([isHeld, f.phases()], [false, ["a stopping 1.0.0"]]);
  gate.ring();
  const held = await holding;
  deepStrictEqual(f.phases(), ["a held"]);
  await f.it.clock.advance(2 * SCAN_MS);
  deepStrictEqual(f.phases(), ["a held"]);
  await f.put("a/machine.yaml", manifest("a", ["other"], "2"));
  await held[Symbol.asyncDispose]();
  await held[Symbol.asyncDispose]();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 2.0.0"]);
});

Deno.test("Host.hold() restarts a machine whose manifest is the same as before", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  const before = f.of("a")?.machine?.instance;
  {
    await using _held = await f.host.hold("a", { signal });
  }
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  strictEqual(f.of("a")?.machine?.instance === before, false);
});

Deno.test("Host.hold() keeps a directory that is being made from starting half-way", async () => {
  await using f = await hosted();
  await f.start();
  const first = await f.host.hold("a", { signal });
  const second = await f.host.hold("a", { signal });
  await f.put("a/machine.yaml", manifest("a"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a held"]);
  await first[Symbol.asyncDispose]();
  await f.wake();
  deepStrictEqual(f.phases(), ["a held"]);
  await second[Symbol.asyncDispose]();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});

Deno.test("Host.hold() leaves nothing behind for a directory that is gone afterwards", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  {
    await using _held = await f.host.hold("a", { signal });
    await Deno.remove(`${f.machines}/a`, { recursive: true });
  }
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), []);
});

Deno.test("Host.hold() gives up when its signal aborts, and the machine starts again", async () => {
  await using f = await hosted();
  const gate = new Latch();
  f.it.types.on("w", {
    watch: async () => {
      await gate.wait();
      return SUCCESS;
    },
  });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  const controller = new AbortController();
  const holding = f.host.hold("a", { signal: controller.signal });
  const reason = new Error("enough");
  controller.abort(reason);
  await rejects(holding, reason);
  gate.ring();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  await rejects(f.host.hold("a", { signal: controller.signal }), reason);
  gate.ring();
});

Deno.test("Host.hold() works on a host that does not run", async () => {
  await using f = await hosted();
  const held = await f.host.hold("a", { signal });
  deepStrictEqual(f.phases(), ["a held"]);
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  deepStrictEqual(f.phases(), ["a held"]);
  await held[Symbol.asyncDispose]();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});

Deno.test("Host.hold() is let go by a machine that holds another and stops", async () => {
  await using f = await hosted();
  f.it.types.on("holder", {
    watch: async ({ signal: own }) => {
      await using _held = await f.host.hold("b", { signal: own });
      await new Latch().wait({ signal: own });
      return SUCCESS;
    },
  });
  await f.put("a/machine.yaml", manifest("a", ["holder"]));
  await f.put("b/machine.yaml", manifest("b"));
  await f.start();
  deepStrictEqual(f.phases(), ["a running 1.0.0", "b held"]);
  await Deno.remove(`${f.machines}/a`, { recursive: true });
  await f.wake();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["b running 1.0.0"]);
});

Deno.test("Host.hold() waits in peace when a try was due", async () => {
  await using f = await hosted({
    admission: { admit: () => Promise.resolve({ ok: false, code: "tampered", reason: "changed" }) },
  });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  deepStrictEqual(f.phases(), ["a failed [tampered]"]);
  await using _held = await f.host.hold("a", { signal });
  const sleeps = new Set<number>();
  const { clock } = f.it;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (ms, options) => {
    sleeps.add(ms);
    return sleep(ms, options);
  };
  await clock.advance(60_000);
  deepStrictEqual([f.phases(), [...sleeps]], [["a held"], [SCAN_MS]]);
});
