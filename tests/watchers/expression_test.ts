import { deepStrictEqual, match, ok, rejects, strictEqual, throws } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import { assembleWatchers } from "../../src/machine/assemble.ts";
import type { Data, Outcome } from "../../src/machine/watcher.ts";
import type { Ports } from "../../src/ports/ports.ts";
import {
  FakeClock,
  FakeNode,
  FakeProcess,
  MemoryKv,
  MemoryLog,
  MemorySink,
} from "../../src/testing/mod.ts";
import { BUILT_IN_WATCHERS } from "../../src/watchers/built_in.ts";
import { ExpressionWatcher } from "../../src/watchers/expression.ts";
import { look, type LookOptions } from "./look.ts";
import { MachineRig } from "./machine_rig.ts";

/** A watcher and its world. */
class Rig {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly node = new FakeNode({
    identity: "node.example.net",
    facts: { site: "lon", cores: 8, os: { family: "linux" } },
  });
  readonly watcher: ExpressionWatcher;

  constructor(properties: Data) {
    const { clock, log, node } = this;
    this.watcher = ExpressionWatcher.create(properties, { clock, log, node });
  }

  look(options: LookOptions = {}): Promise<Outcome> {
    return this.watcher.watch(look(options));
  }
}

/** Result, state, and whether it is announced. */
function told({ result, state, announce }: Outcome) {
  return [result, state, announce ?? result !== "unchanged"];
}

Deno.test("ExpressionWatcher.create() wants one of its expressions", () => {
  for (const properties of [{}, { success_when: "", fail_when: null }, { fail_when: " " }]) {
    throws(() => new Rig(properties), {
      name: "TypeError",
      message: /success_when or fail_when is required/,
    });
  }
  new Rig({ success_when: "true" });
  new Rig({ fail_when: "true" });
});

Deno.test("ExpressionWatcher.watch() fires once for two equal answers, and announces both", async () => {
  const rig = new Rig({ success_when: "data.on == true", fail_when: "data.on == false" });
  const on = { data: { on: true } };
  const off = { data: { on: false } };
  deepStrictEqual(told(await rig.look(on)), ["success", "success_when", true]);
  deepStrictEqual(told(await rig.look(on)), ["unchanged", "success_when", true]);
  deepStrictEqual(told(await rig.look(off)), ["failure", "fail_when", true]);
  deepStrictEqual(told(await rig.look(off)), ["unchanged", "fail_when", true]);
  deepStrictEqual(told(await rig.look()), ["unchanged", "no_match", false]);
  deepStrictEqual(told(await rig.look(off)), ["failure", "fail_when", true]);
  deepStrictEqual(told(await rig.look(on)), ["success", "success_when", true]);
});

Deno.test("ExpressionWatcher.watch() asks success_when first", async () => {
  const rig = new Rig({ success_when: "true", fail_when: "true" });
  deepStrictEqual(told(await rig.look()), ["success", "success_when", true]);
});

Deno.test("ExpressionWatcher.watch() announces an error each time, and moves nothing", async () => {
  const rig = new Rig({ success_when: "data.count > 1" });
  const good = { data: { count: 2 } };
  const bad = { data: { count: "two" } };
  deepStrictEqual(told(await rig.look(good)), ["success", "success_when", true]);
  for (let times = 0; times < 2; times++) {
    const outcome = await rig.look(bad);
    deepStrictEqual(told(outcome), ["unchanged", "error", true]);
    strictEqual(outcome.code, "match_error");
    match(outcome.reason, /^Cannot evaluate .* at column 12$/);
  }
  deepStrictEqual(rig.log.messages("warn"), ["An expression has no answer"]);
  // An error is an answer of its own: after it, the old answer is a change.
  deepStrictEqual(told(await rig.look(good)), ["success", "success_when", true]);
});

Deno.test("ExpressionWatcher.watch() does not ask fail_when after an error in success_when", async () => {
  const rig = new Rig({ success_when: "data.x.y", fail_when: "true" });
  deepStrictEqual(told(await rig.look()), ["unchanged", "error", true]);
});

Deno.test("ExpressionWatcher.watch() tells what is no expression, as the machine loads nevertheless", async () => {
  const cases: readonly (readonly [Data, RegExp])[] = [
    [{ success_when: "1" }, /expected bool, but got int/],
    [{ fail_when: "1 + 1" }, /expected bool, but got int/],
    [{ success_when: "data.on ==" }, /column 11/],
    [{ success_when: "nonesuch == 1" }, /"nonesuch" is unknown/],
    [{ success_when: "identity('[')" }, /missing/],
  ];
  for (const [properties, reason] of cases) {
    const rig = new Rig(properties);
    const outcome = await rig.look();
    deepStrictEqual(told(outcome), ["unchanged", "error", true]);
    match(outcome.reason, reason);
    ok(rig.log.messages("warn").length > 0);
  }
});

const ANSWERS: readonly (readonly [string, boolean])[] = [
  ["data.test == 1", true],
  ["data.test + 1 == 3", false],
  ["data.missing == nil", true],
  ["'test' in data", true],
  ["get_fact('site') == 'lon'", true],
  ["get_fact('os.family') in ['linux', 'freebsd'] && data.test > 0", true],
  ["facts.os.family == 'linux'", true],
  ["identity == 'node.example.net'", true],
  ["identity matches '^node'", true],
  ["identity('^web')", false],
  ["has_file('/etc/maintenance')", false],
];

Deno.test("ExpressionWatcher.watch() knows data, facts, identity and the functions", async () => {
  for (const [source, wanted] of ANSWERS) {
    const outcome = await new Rig({ success_when: source }).look({ data: { test: 1 } });
    strictEqual(outcome.state, wanted ? "success_when" : "no_match", source);
  }
});

Deno.test("ExpressionWatcher.watch() has no answer where facts cannot be read", async () => {
  const rig = new Rig({ success_when: "data.on || facts.cores > 4" });
  rig.node.setFacts(new SyntaxError("half a file"));
  deepStrictEqual(told(await rig.look({ data: { on: false } })), ["unchanged", "error", true]);
  deepStrictEqual(told(await rig.look({ data: { on: true } })), ["success", "success_when", true]);
});

Deno.test("ExpressionWatcher.watch() rejects with its signal's reason when aborted", async () => {
  const rig = new Rig({ success_when: "true" });
  const reason = new Error("gone");
  await rejects(rig.look({ signal: AbortSignal.abort(reason) }), reason);
});

Deno.test("ExpressionWatcher.create() names the data that its expressions read", () => {
  const { watcher } = new Rig({ success_when: "data.b > 1", fail_when: "'a' in data || data.b.c" });
  deepStrictEqual(new Set(watcher.reads), new Set(["a", "b"]));
});

function lamp(watcher: string): Promise<MachineRig> {
  return MachineRig.create(`
name: lamp
version: 1.0.0
initial_state: "OFF"
transitions:
  - { name: turn_on, from: ["OFF"], destination: "ON" }
  - { name: turn_off, from: ["ON"], destination: "OFF" }
  - { name: away, from: ["ON", "OFF"], destination: AWAY }
  - { name: back, from: [AWAY], destination: "OFF" }
watchers:
  - { name: spec, type: kv, interval: 1h, properties: { bucket: B, key: lamp, mode: watch, bucket_prefix: false } }
${watcher}`);
}

const WANTED = `
  - name: wanted
    type: expression
    interval: 10m
    state_match: ["OFF", "ON"]
    success_transition: turn_on
    fail_transition: turn_off
    properties: { success_when: data.lamp.on, fail_when: not data.lamp.on }
`;

async function put(rig: MachineRig, on: boolean): Promise<void> {
  await rig.kv.bucket("B").put("lamp", new TextEncoder().encode(JSON.stringify({ on })));
  // A second for the pace of transitions, far from any interval.
  await rig.clock.advance(1_000);
}

Deno.test("ExpressionWatcher.watch() moves its machine as soon as its data changes", async () => {
  await using rig = await lamp(WANTED);
  await rig.clock.settle();
  strictEqual(rig.machine.status().state, "OFF");
  await put(rig, true);
  strictEqual(rig.machine.status().state, "ON");
  await put(rig, false);
  strictEqual(rig.machine.status().state, "OFF");
});

Deno.test("ExpressionWatcher.watch() tells again what holds still after its machine was away", async () => {
  await using rig = await lamp(WANTED);
  await rig.clock.settle();
  await put(rig, true);
  const events = async (...names: readonly string[]) => {
    for (const name of names) {
      const fired = rig.machine.fire(name);
      await rig.clock.advance(10_000);
      await fired;
    }
    await rig.clock.advance(60_000);
  };
  await events("turn_off");
  // OFF is a state that it looks in too: it was not away, and true is what it has told.
  strictEqual(rig.machine.status().state, "OFF");
  await events("away", "back");
  strictEqual(rig.machine.status().state, "ON");
});

Deno.test("ExpressionWatcher.create() asks for an interval of 10 s, or of 500 ms and more", () => {
  const assemble = (interval?: string) =>
    assembleWatchers({
      name: "lamp",
      version: "1.0.0",
      initialState: "OFF",
      transitions: [],
      watchers: [{
        name: "wanted",
        type: "expression",
        properties: { success_when: "true" },
        ...interval === undefined ? {} : { interval },
      }],
    }, { types: BUILT_IN_WATCHERS, ports: world() })[0];
  strictEqual(assemble()?.intervalMs, 10_000);
  strictEqual(assemble("500ms")?.intervalMs, 500);
  strictEqual(assemble()?.watcher.pace?.atStart, false);
  throws(() => assemble("1ms"), /interval 1ms is too small/);
});

function world(): Ports {
  const unused = () => Promise.reject(new Error("Cannot be asked: nothing looks"));
  return {
    clock: new FakeClock(),
    fs: new DenoFs(),
    kv: new MemoryKv(),
    process: new FakeProcess(),
    log: new MemoryLog(),
    events: new MemorySink(),
    node: new FakeNode(),
    installer: { install: unused, check: unused },
    neighbours: { hold: unused },
    admission: { admit: unused },
    random: () => 0.5,
  };
}
