import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { embeddedKey, KeptStates } from "../../src/host/kept_states.ts";
import type { MachineDefinition } from "../../src/machine/definition.ts";
import type { Fs } from "../../src/ports/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { definition, world } from "../machine/harness.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { HostFixture, manifest } from "./harness.ts";

const { signal } = new AbortController();
const LAMP = definition([{ name: "w" }]);

function moved(to: string, byHand = true, what: MachineDefinition = LAMP) {
  const transition = { machineName: what.name, event: "e", from: "OFF", to, byHand };
  return { definition: what, transition };
}

async function states() {
  const directory = await temporaryDirectory();
  const log = new MemoryLog();
  const path = `${directory.path}/states`;
  return {
    path,
    log,
    /** As a new process would make it. */
    open: (fs: Fs = new DenoFs()) => new KeptStates({ fs, log, directory: path }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

Deno.test("KeptStates.read() knows over restarts what was put in a state by hand (M8)", async () => {
  await using it = await states();
  strictEqual(it.open().read("lamp", LAMP), undefined);
  it.open().note("lamp", moved("ON"));
  strictEqual(it.open().read("lamp", LAMP), "ON");
  strictEqual((Deno.statSync(`${it.path}/lamp.json`).mode ?? 0) & 0o777, 0o600);
  strictEqual(it.open().read("other", LAMP), undefined);
});

const FORGETS: readonly [string, (kept: KeptStates) => void][] = [
  ["moved by itself", (kept) => kept.note("lamp", moved("ON", false))],
  ["was put back into its initial state", (kept) => kept.note("lamp", moved("OFF"))],
  ["is gone", (kept) => kept.drop("lamp")],
  ["was removed while nobody looked", (kept) => kept.sweep([{ directory: "other" }])],
  ["has another name", (kept) => void kept.read("lamp", { ...LAMP, name: "moon" })],
  ["has other transitions", (kept) => void kept.read("lamp", { ...LAMP, transitions: [] })],
  ["begins elsewhere", (kept) => void kept.read("lamp", { ...LAMP, initialState: "ON" })],
];

for (const [why, act] of FORGETS) {
  Deno.test(`KeptStates.read() forgets the state of a machine that ${why} (M8)`, async () => {
    await using it = await states();
    it.open().note("lamp", moved("ON"));
    act(it.open());
    strictEqual(it.open().read("lamp", LAMP), undefined);
    deepStrictEqual([...Deno.readDirSync(it.path)], []);
  });
}

Deno.test("KeptStates.read() keeps a state over a release with other watchers, and what is embedded", async () => {
  await using it = await states();
  const key = embeddedKey("lamp");
  it.open().note("lamp", moved("ON"));
  it.open().note(key, moved("ON"));
  it.open().sweep([{ directory: "lamp" }]);
  const next = { ...LAMP, version: "2.0.0", watchers: [] };
  deepStrictEqual([it.open().read("lamp", next), it.open().read(key, next)], ["ON", "ON"]);
});

Deno.test("KeptStates.read() takes nothing from a file that it cannot read, and says so", async () => {
  for (
    const text of ["", "{", "[]", "null", '{"format":2,"machine":"lamp","state":"ON","fsm":""}']
  ) {
    await using it = await states();
    it.open().note("lamp", moved("ON"));
    Deno.writeTextFileSync(`${it.path}/lamp.json`, text);
    strictEqual(it.open().read("lamp", LAMP), undefined);
    strictEqual(it.log.entries.length, 1, text);
  }
});

Deno.test("KeptStates.note() lets the machine go on when the disk fails (#167)", async () => {
  await using it = await states();
  for (let at = 1; at < 12; at++) {
    const kept = it.open(new FaultFs(new DenoFs(), { at, fault: "no_space" }));
    kept.note("lamp", moved("ON"));
    strictEqual(kept.read("lamp", LAMP), "ON");
  }
});

Deno.test("Host.fire() leads to a state that a restart of the host keeps (M8)", async () => {
  await using it = await world();
  const open = () => new HostFixture({ ...it, [Symbol.asyncDispose]: () => Promise.resolve() });
  const lamp = definition([{ name: "w" }], { name: "embedded" });
  const embedded = [{ definition: lamp, directory: `${it.path}/embedded` }];
  Deno.mkdirSync(`${it.path}/embedded`);
  const states = (f: HostFixture) => f.host.status().machines.map(({ machine }) => machine?.state);
  const again = () =>
    new HostFixture({ ...it, [Symbol.asyncDispose]: () => Promise.resolve() }, { embedded });
  {
    await using f = open();
    await f.put("a/machine.yaml", manifest("a"));
  }
  {
    await using f = again();
    await f.start();
    deepStrictEqual(states(f), ["OFF", "OFF"]);
    deepStrictEqual([await f.host.fire("embedded", "start"), await f.host.fire("a", "start")], [
      true,
      true,
    ]);
  }
  {
    await using f = again();
    await f.start();
    deepStrictEqual(states(f), ["ON", "ON"]);
    // A release with the same states stays where it was put; a restart for a repair too.
    await f.put("a/machine.yaml", manifest("a", ["v"], "2"));
    await f.wake();
    deepStrictEqual(states(f), ["ON", "ON"]);
    await using _held = await f.host.hold("a", { signal });
  }
  {
    await using f = again();
    await f.start();
    await f.host.fire("embedded", "stop");
    await Deno.remove(`${f.machines}/a`, { recursive: true });
    await f.wake();
    await f.put("a/machine.yaml", manifest("a"));
    await f.wake();
    deepStrictEqual(states(f), ["OFF", "OFF"]);
  }
});
