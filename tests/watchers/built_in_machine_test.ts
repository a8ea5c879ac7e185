import { deepStrictEqual, strictEqual } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import { Machine } from "../../src/machine/machine.ts";
import { parseManifest } from "../../src/machine/manifest.ts";
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
import { temporaryDirectory } from "../support/temporary.ts";

/** A whole machine with the watchers of a manifest, in a directory of its own. */
class Rig implements AsyncDisposable {
  readonly clock = new FakeClock({ now: Date.UTC(2026, 0, 1, 12) });
  readonly kv = new MemoryKv({ buckets: ["B"], now: () => this.clock.now() });
  readonly process = new FakeProcess();
  readonly states: string[] = [];
  readonly machine: Machine;
  readonly directory: string;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #temporary: AsyncDisposable;

  private constructor(
    watchers: string,
    temporary: AsyncDisposable & { readonly path: string },
  ) {
    this.#temporary = temporary;
    this.directory = `${temporary.path}/lamp`;
    Deno.mkdirSync(this.directory);
    Deno.mkdirSync(`${temporary.path}/.machinist`);
    const { definition } = parseManifest(`
name: lamp
version: 1.0.0
initial_state: "OFF"
transitions:
  - { name: turn_on, from: ["OFF"], destination: "ON" }
  - { name: turn_off, from: ["ON"], destination: "OFF" }
  - { name: away, from: ["ON", "OFF"], destination: AWAY }
  - { name: back, from: [AWAY], destination: "ON" }
watchers:
${watchers}`);
    this.machine = new Machine({
      definition,
      directory: this.directory,
      machinesDirectory: temporary.path,
      stateDirectory: `${temporary.path}/.machinist`,
      types: BUILT_IN_WATCHERS,
      ports: this.#ports(),
      onTransition: ({ event }) => this.states.push(`${this.#time()} ${event}`),
    });
    this.#running = this.machine.run({ signal: this.#stop.signal });
  }

  static async create(watchers: string): Promise<Rig> {
    return new Rig(watchers, await temporaryDirectory());
  }

  get data(): unknown {
    return JSON.parse(Deno.readTextFileSync(`${this.directory}/machine_data.json`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#temporary[Symbol.asyncDispose]();
  }

  #time(): string {
    return new Date(this.clock.now()).toISOString().slice(11, 16);
  }

  #ports(): Ports {
    const unused = () => Promise.reject(new Error("Cannot be asked: no archive here"));
    return {
      clock: this.clock,
      fs: new DenoFs(),
      kv: this.kv,
      process: this.process,
      log: new MemoryLog(),
      events: new MemorySink(),
      node: new FakeNode(),
      installer: { install: unused, check: unused },
      neighbours: { hold: unused },
      admission: { admit: () => Promise.resolve({ ok: true }) },
      random: () => 0,
    };
  }
}

Deno.test("TimerWatcher.watch() counts in each state anew when its machine runs", async () => {
  await using rig = await Rig.create(`
  - { name: off, type: timer, state_match: ["OFF"], fail_transition: turn_on, properties: { timer: 1h } }
  - { name: on, type: timer, state_match: ["ON"], fail_transition: turn_off, properties: { timer: 30m } }
`);
  await rig.clock.advance(2.75 * 3_600_000);
  deepStrictEqual(rig.states, ["13:00 turn_on", "13:30 turn_off", "14:30 turn_on"]);
  await rig.machine.fire("away");
  await rig.clock.advance(3_600_000);
  strictEqual(rig.machine.status().state, "AWAY");
});

Deno.test("ScheduleWatcher.watch() moves its machine, and again after it was away", async () => {
  await using rig = await Rig.create(`
  - name: hours
    type: schedule
    state_match: ["OFF", "ON"]
    success_transition: turn_on
    fail_transition: turn_off
    properties: { schedules: ["0 13 * * *"], duration: 1h, timezone: UTC }
`);
  await rig.clock.advance(1.5 * 3_600_000);
  deepStrictEqual(rig.states, ["13:00 turn_on"]);
  await rig.machine.fire("away");
  await rig.clock.advance(3_600_000);
  const back = rig.machine.fire("back");
  await rig.clock.advance(60_000);
  await back;
  deepStrictEqual(rig.states.map((line) => line.slice(6)), ["turn_on", "away", "back", "turn_off"]);
});

Deno.test("KvWatcher.watch() in mode watch stores a put without waiting for its interval", async () => {
  await using rig = await Rig.create(`
  - name: spec
    type: kv
    interval: 1h
    success_transition: turn_on
    properties: { bucket: B, key: spec, mode: watch, bucket_prefix: false }
`);
  await rig.clock.settle();
  await rig.kv.bucket("B").put("spec", new TextEncoder().encode('{"a":1}'));
  await rig.clock.settle();
  deepStrictEqual(rig.data, { spec: { a: 1 } });
  strictEqual(rig.machine.status().state, "ON");
  strictEqual(rig.clock.now(), Date.UTC(2026, 0, 1, 12));
});

Deno.test("KvWatcher.watch() in mode poll stores a put at its interval", async () => {
  await using rig = await Rig.create(`
  - { name: spec, type: kv, interval: 1m, properties: { bucket: B, key: spec } }
`);
  await rig.clock.settle();
  await rig.kv.bucket("B").put("spec", new TextEncoder().encode("text"));
  await rig.clock.advance(60_000);
  deepStrictEqual(rig.data, { B_spec: "text" });
});

Deno.test("ExecWatcher.watch() stores what its command prints and moves its machine", async () => {
  await using rig = await Rig.create(`
  - name: check
    type: exec
    interval: 1m
    success_transition: turn_on
    properties: { command: "check {{ lookup 'x' }}", parse_as_data: true }
  - name: good
    type: exec
    interval: 1m
    success_transition: turn_on
    properties: { command: 'check {{ lookup "data.level" 7 }}', parse_as_data: true }
`);
  const output = new TextEncoder().encode('{"level":3}');
  rig.process.on("check", () => ({ output }));
  await rig.clock.advance(125_000);
  deepStrictEqual(rig.data, { level: 3 });
  deepStrictEqual(rig.process.runs.map(({ command }) => command[1]), ["7", "3", "3"]);
  strictEqual(rig.machine.status().watchers[0]?.outcome?.code, "template");
});
