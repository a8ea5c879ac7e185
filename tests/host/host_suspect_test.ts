import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { SCAN_MS } from "../../src/host/host.ts";
import type { Admission, Verdict } from "../../src/ports/neighbours.ts";
import { Latch } from "../../src/util/latch.ts";
import { SUCCESS, UNCHANGED, world } from "../machine/harness.ts";
import { HostFixture, manifest } from "./harness.ts";

const { signal } = new AbortController();
const TAMPERED: Verdict = { ok: false, code: "tampered", reason: "changed", stops: true };

/** A host whose admission says what the test wants, and what it was asked. */
async function guarded() {
  const asked: string[] = [];
  let verdict: Verdict = { ok: true };
  const it = await world({ random: () => 0.999 });
  const admission: Admission = {
    admit: (directory) => {
      asked.push(directory);
      return Promise.resolve(verdict);
    },
  };
  let port: Admission | undefined;
  it.types.on("w", { watch: () => UNCHANGED });
  const ports = { ...it.ports, admission };
  // What a watcher would be given.
  const types = {
    type: "scripted",
    create: (properties: Readonly<Record<string, unknown>>, given: typeof ports) => {
      port = given.admission;
      return it.types.create(properties);
    },
  };
  const f = new HostFixture(it, { ports, types: [types] });
  return {
    f,
    asked,
    set verdict(value: Verdict) {
      verdict = value;
    },
    ask: (directory: string) => port?.admit(directory, { signal }),
    [Symbol.asyncDispose]: () => f[Symbol.asyncDispose](),
  };
}

Deno.test("Host.run() stops at once what a watcher hears is not what was signed, until it is (A6, #172)", async () => {
  await using set = await guarded();
  const { f } = set;
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  set.verdict = TAMPERED;
  deepStrictEqual(await set.ask("a"), TAMPERED);
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a failed [tampered]"]);
  // It is asked again after a while, and not all the time.
  await f.it.clock.advance(3 * SCAN_MS);
  const tries = set.asked.length;
  strictEqual(tries > 2 && tries < 10, true, `${tries}`);
  deepStrictEqual(f.phases(), ["a failed [tampered]"]);
  set.verdict = { ok: true };
  await f.it.clock.advance(120_000);
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});

Deno.test("Host.run() leaves running what is refused for another reason", async () => {
  await using set = await guarded();
  const { f } = set;
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  set.verdict = { ok: false, code: "records", reason: "no records" };
  await set.ask("a");
  await set.ask("nobody");
  set.verdict = { ...TAMPERED };
  await set.ask("nobody");
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});

Deno.test("Host.run() stops what runs when its new manifest is not what was signed (A6)", async () => {
  await using set = await guarded();
  const { f } = set;
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  set.verdict = TAMPERED;
  await f.put("a/machine.yaml", manifest("a", ["w"], "2"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a failed [tampered]"]);
  // Repaired: the old manifest again, under a hold.
  set.verdict = { ok: true };
  {
    await using _held = await f.host.hold("a", { signal });
    await f.put("a/machine.yaml", manifest("a"));
  }
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});

Deno.test("Host.run() waits for what it stops, without looking all the time (A6)", async () => {
  await using set = await guarded();
  const { f } = set;
  const gate = new Latch();
  let looks = 0;
  f.it.types.on("w", {
    watch: async () => {
      if (looks++ === 0) await gate.wait();
      return SUCCESS;
    },
  });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  set.verdict = TAMPERED;
  const before = set.asked.length;
  await set.ask("a");
  await f.it.clock.advance(120_000);
  deepStrictEqual(f.phases(), ["a stopping 1.0.0 [tampered]"]);
  strictEqual(set.asked.length, before + 1);
  set.verdict = { ok: true };
  gate.ring();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});

Deno.test("Host.nudge() has watchers of these types look now, and knows no other machine", async () => {
  await using set = await guarded();
  const { f } = set;
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  f.it.types.looks.length = 0;
  f.host.nudge("a", new Set(["archive"]));
  f.host.nudge("nobody", new Set(["scripted"]));
  await f.it.clock.settle();
  deepStrictEqual(f.it.types.looks, []);
  f.host.nudge("a", new Set(["scripted"]));
  await f.it.clock.settle();
  deepStrictEqual(f.it.types.looks, ["w wake"]);
});
