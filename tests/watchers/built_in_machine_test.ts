import { deepStrictEqual, strictEqual } from "node:assert";
import { MachineRig } from "./machine_rig.ts";

function lamp(watchers: string): Promise<MachineRig> {
  return MachineRig.create(`
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
}

Deno.test("TimerWatcher.watch() counts in each state anew when its machine runs", async () => {
  await using rig = await lamp(`
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
  await using rig = await lamp(`
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
  await using rig = await lamp(`
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
  await using rig = await lamp(`
  - { name: spec, type: kv, interval: 1m, properties: { bucket: B, key: spec } }
`);
  await rig.clock.settle();
  await rig.kv.bucket("B").put("spec", new TextEncoder().encode("text"));
  await rig.clock.advance(60_000);
  deepStrictEqual(rig.data, { B_spec: "text" });
});

Deno.test("ExecWatcher.watch() stores what its command prints and moves its machine", async () => {
  await using rig = await lamp(`
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

for (const mode of ["poll", "watch"]) {
  Deno.test(`BUILT_IN_WATCHERS() make the seed's manager work as printed, in mode ${mode}`, async () => {
    // The document prints the watchers only; `state_match` stands there twice.
    await using rig = await MachineRig.create(`
name: lamp
version: 1.0.0
initial_state: MANAGE
transitions:
  - { name: enter_maintenance, from: [MANAGE], destination: MAINTENANCE }
  - { name: resume, from: [MAINTENANCE], destination: MANAGE }
watchers:
  - name: desired_state
    type: kv
    interval: 1m
    state_match: [MANAGE]
    properties:
       bucket: MACHINES
       key: machines
       mode: ${mode}
       bucket_prefix: false
    
  - name: manage_machines
    state_match: [MANAGE]
    type: machines
    interval: 1m
    state_match:
      - MANAGE
    properties:
      data_item: machines
      purge_unknown: true
      machine_manage_interval: 1m
      public_key: 64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da
`);
    await rig.clock.settle();
    const spec = await Deno.readFile(new URL("../data/seed_spec.json", import.meta.url));
    await rig.kv.bucket("MACHINES").put("machines", spec);
    await rig.clock.advance(mode === "poll" ? 60_000 : 0);
    const manifest = Deno.readTextFileSync(`${rig.machines}/mm_facts/machine.yaml`);
    strictEqual(manifest.includes("interval: 1m0s"), true);
    const [kv, machines] = rig.machine.status().watchers;
    deepStrictEqual([kv?.outcome?.state, machines?.outcome?.state], ["changed", "updated"]);
    await rig.kv.bucket("MACHINES").delete("machines");
    await rig.clock.advance(60_000);
    strictEqual(rig.machine.status().watchers[1]?.outcome?.code, "spec_absent");
    strictEqual(Deno.readTextFileSync(`${rig.machines}/mm_facts/machine.yaml`), manifest);
  });
}
