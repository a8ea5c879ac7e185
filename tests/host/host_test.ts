import { deepStrictEqual, match, rejects, strictEqual, throws } from "node:assert/strict";
import { Host, SCAN_MS, STOP_LIMIT_MS } from "../../src/host/host.ts";
import { Latch } from "../../src/util/latch.ts";
import { definition, SUCCESS, UNCHANGED, world } from "../machine/harness.ts";
import { hosted, HostFixture, manifest } from "./harness.ts";

Deno.test("Host.run() starts what the loader takes and skips the rest", async () => {
  await using f = await hosted();
  for (const name of ["b", "a", "tmp", ".hidden", "old-temp"]) {
    await f.put(`${name}/machine.yaml`, manifest(name.replace(".", "")));
  }
  await f.put("file", "");
  await f.put("nothing/readme", "");
  await Deno.symlink(`${f.machines}/a`, `${f.machines}/link`);
  await f.start();
  deepStrictEqual(f.phases(), ["a running 1.0.0", "b running 1.0.0"]);
  strictEqual(f.host.status().scannedAt, f.it.clock.now());
  match(f.of("a")?.digest ?? "", /^[0-9a-f]{64}$/);
});

Deno.test("Host.run() makes the machines directory for its owner only (#169)", async () => {
  await using f = await hosted();
  await f.start();
  strictEqual(((await Deno.stat(f.machines)).mode ?? 0) & 0o777, 0o700);
  deepStrictEqual(f.phases(), []);
});

Deno.test("Host.run() finds news at its scan, and at once when woken", async () => {
  await using f = await hosted();
  await f.start();
  await f.put("a/machine.yaml", manifest("a"));
  await f.it.clock.advance(SCAN_MS - 1);
  deepStrictEqual(f.phases(), []);
  await f.it.clock.advance(1);
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  await f.put("b/machine.yaml", manifest("b"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a running 1.0.0", "b running 1.0.0"]);
  await Deno.remove(`${f.machines}/a`, { recursive: true });
  await Deno.remove(`${f.machines}/b/machine.yaml`);
  await f.wake();
  deepStrictEqual(f.phases(), []);
  deepStrictEqual(f.statuses.at(-1)?.machines, []);
});

Deno.test("Host.run() replaces a machine whose manifest has changed, once the old one has ended", async () => {
  await using f = await hosted();
  const gate = new Latch();
  const order: string[] = [];
  f.it.types.on("w", {
    watch: async ({ machine, signal }) => {
      order.push(`${machine.version} begins`);
      await new Latch().wait({ signal }).catch(() => gate.wait());
      order.push(`${machine.version} ends`);
      return UNCHANGED;
    },
  });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  const before = f.of("a")?.machine?.instance;
  await f.put("a/machine.yaml", manifest("a", ["w"], "2"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a stopping 1.0.0"]);
  gate.ring();
  await f.it.clock.settle();
  deepStrictEqual(f.phases(), ["a running 2.0.0"]);
  strictEqual(f.of("a")?.machine?.instance === before, false);
  deepStrictEqual(order, ["1.0.0 begins", "1.0.0 ends", "2.0.0 begins"]);
  gate.ring();
});

Deno.test("Host.run() leaves alone what runs when only the time of the manifest changes", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  const before = f.of("a")?.machine?.instance;
  await f.put("a/machine.yaml", manifest("a"));
  await f.wake();
  strictEqual(f.of("a")?.machine?.instance, before);
});

Deno.test("Host.run() keeps the last good machine while its manifest is broken (M4)", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  const before = f.of("a")?.machine?.instance;
  const broken: [string, string][] = [
    ["name: [", "manifest_yaml"],
    [manifest("a").replace("version: 1.0.0", ""), "manifest_invalid"],
    [manifest("a").replace("scripted", "magic"), "manifest_watcher"],
    [manifest("a").replace("script: w", "broken: 1"), "manifest_watcher"],
  ];
  for (const [text, code] of broken) {
    await f.put("a/machine.yaml", text);
    await f.wake();
    deepStrictEqual(f.phases(), [`a running 1.0.0 [${code}]`]);
    await f.wake();
    strictEqual(f.of("a")?.machine?.instance, before);
  }
  await f.put("a/machine.yaml", manifest("a"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  await f.put("a/machine.yaml", manifest("a", ["w"], "2"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a running 2.0.0"]);
});

Deno.test("Host.run() shows a machine that cannot start, with its cause, and tries no more (M3)", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("a").replace("script: w", "broken: 1"));
  await f.put("b/machine.yaml", manifest("b"));
  await f.start();
  deepStrictEqual(f.phases(), ["a failed [manifest_watcher]", "b running 1.0.0"]);
  const problem = f.of("a")?.problem;
  match(problem?.reason ?? "", /could not set properties/);
  await f.it.clock.advance(10 * SCAN_MS);
  deepStrictEqual(f.of("a")?.problem, problem);
  strictEqual(f.it.log.messages("error").length, 1);
});

Deno.test("Host.run() runs two directories of one name once, and the other when it may (M9)", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("x"));
  await f.put("b/machine.yaml", manifest("x"));
  await f.start();
  deepStrictEqual(f.phases(), ["a running 1.0.0", "b failed [name_duplicate]"]);
  await Deno.remove(`${f.machines}/a`, { recursive: true });
  await f.wake();
  deepStrictEqual(f.phases(), ["b running 1.0.0"]);
  await f.put("a/machine.yaml", manifest("x"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a failed [name_duplicate]", "b running 1.0.0"]);
});

Deno.test("Host.run() stops a copy elsewhere once the machine is back in its own place (M9, #175)", async () => {
  await using f = await hosted();
  await f.put("x-elsewhere/machine.yaml", manifest("x"));
  await f.start();
  deepStrictEqual(f.phases(), ["x-elsewhere running 1.0.0"]);
  await f.put("x/machine.yaml", manifest("x"));
  await f.wake();
  await f.wake();
  deepStrictEqual(f.phases(), ["x running 1.0.0", "x-elsewhere failed [name_duplicate]"]);
});

Deno.test("Host.run() restarts what crashes, later each time, and others go on (#204)", async () => {
  const it = await world({ random: () => 0.999999 });
  await using f = new HostFixture(it);
  await f.put("a/machine.yaml", manifest("a"));
  await f.put("b/machine.yaml", manifest("b"));
  await f.start();
  deepStrictEqual(f.phases(), ["a running 1.0.0", "b running 1.0.0"]);
  const other = f.of("b")?.machine?.instance;
  // A machine whose own bookkeeping breaks: nothing that a watcher may throw does this.
  await f.put("a/machine.yaml", manifest("a", ["w"], "2"));
  const times: number[] = [];
  it.types.on("w", {
    watch: ({ machine }) => {
      if (machine.name !== "a") return UNCHANGED;
      times.push(it.clock.monotonic());
      return {
        ...SUCCESS,
        reason: "x",
        get directories(): never {
          throw new Error("bookkeeping");
        },
      };
    },
  });
  await f.wake();
  deepStrictEqual(f.phases(), ["a failed [crashed]", "b running 1.0.0"]);
  match(f.of("a")?.problem?.reason ?? "", /bookkeeping/);
  await it.clock.advance(60_000);
  const gaps = times.slice(1).map((time, index) =>
    Math.round((time - (times[index] ?? 0)) / 1_000)
  );
  deepStrictEqual(gaps, [2, 4, 8, 16]);
  strictEqual(f.of("b")?.machine?.instance, other);
  strictEqual(f.of("a")?.problem?.attempts, 5);
});

Deno.test("Host.run() asks for admission before every start, and again after a while", async () => {
  const answers: string[] = [];
  let ok = false;
  await using f = await hosted({
    admission: {
      admit: (directory) => {
        answers.push(directory);
        return Promise.resolve(
          ok ? { ok: true } : { ok: false, code: "tampered", reason: "a file was changed" },
        );
      },
    },
  });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  deepStrictEqual(f.phases(), ["a failed [tampered]"]);
  deepStrictEqual(f.it.types.looks, []);
  ok = true;
  await f.it.clock.advance(2_000);
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  // What runs goes on when its successor may not run.
  ok = false;
  await f.put("a/machine.yaml", manifest("a", ["w"], "2"));
  await f.wake();
  deepStrictEqual(f.phases(), ["a running 1.0.0 [tampered]"]);
  strictEqual(answers.length >= 3, true);
});

Deno.test("Host.run() runs embedded machines, which need no directory and hold their name", async () => {
  const it = await world();
  await using f = new HostFixture(it, {
    embedded: [{ definition: definition([{ name: "w" }]), directory: `${it.path}/embedded` }],
    admission: { admit: () => Promise.reject(new Error("asked")) },
  });
  await Deno.mkdir(`${it.path}/embedded`);
  await f.put("x/machine.yaml", manifest("lamp"));
  await f.start();
  deepStrictEqual(f.phases(), ["lamp running 1.0.0", "x failed [name_duplicate]"]);
  strictEqual(f.of("lamp")?.embedded, true);
  strictEqual(f.of("lamp")?.machine?.directory, `${it.path}/embedded`);
});

Deno.test("Host.run() keeps what runs when the machines directory cannot be read (#168)", async () => {
  const it = await world();
  let broken = false;
  const fs = new Proxy(it.ports.fs, {
    get(target, key) {
      if (key !== "readDir") return Reflect.get(target, key).bind(target);
      return (path: string) => {
        if (broken) throw new Error("I/O");
        return target.readDir(path);
      };
    },
  });
  await using f = new HostFixture(it, { ports: { ...it.ports, fs } });
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  broken = true;
  await f.it.clock.advance(3 * SCAN_MS);
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
  deepStrictEqual(f.host.status().problem, { code: "scan_failed", reason: "I/O" });
  strictEqual(it.log.messages("error").length, 1);
  broken = false;
  await f.it.clock.advance(SCAN_MS);
  strictEqual(f.host.status().problem, undefined);
});

Deno.test("Host.run() passes transitions on to who subscribes, and foreign states to who needs them", async () => {
  await using f = await hosted();
  const subscriber = manifest("b").replace(
    'destination: "ON" }',
    'destination: "ON", subscribe: [{ machine_name: a, event: start }] }',
  ).replace("name: w,", "name: w, foreign_state_required: [{ machine_name: a, state: 'ON' }],");
  await f.put("a/machine.yaml", manifest("a"));
  await f.put("b/machine.yaml", subscriber);
  await f.start();
  deepStrictEqual(f.it.types.contexts.map((context) => context.machine.name), ["a"]);
  strictEqual(await f.host.fire("a", "start"), true);
  await f.it.clock.settle();
  strictEqual(f.of("b")?.machine?.state, "ON");
  deepStrictEqual(f.it.types.contexts.map((context) => context.machine.name), ["a", "a", "b"]);
  await Deno.remove(`${f.machines}/a`, { recursive: true });
  await f.wake();
  strictEqual(f.of("b")?.machine?.watchers[0]?.active, false);
});

Deno.test("Host.fire() names a machine that does not run", async () => {
  await using f = await hosted();
  await f.start();
  await rejects(f.host.fire("a", "start"), RangeError);
});

Deno.test("Host.run() wakes itself when a watcher says that it changed directories", async () => {
  await using f = await hosted();
  f.it.types.on("maker", {
    watch: async () => {
      await f.put("made/machine.yaml", manifest("made"));
      return { ...SUCCESS, directories: ["made"] };
    },
  });
  await f.put("a/machine.yaml", manifest("a", ["maker"]));
  await f.start();
  while (f.of("made")?.phase !== "running") await f.it.clock.settle();
  strictEqual(f.it.clock.monotonic(), 0);
});

Deno.test("Host.run() works once", async () => {
  await using f = await hosted();
  await f.start();
  throws(() => f.host.run({ signal: new AbortController().signal }), TypeError);
});

Deno.test("Host.run() ends everything within its limit, also what does not listen (#200)", async () => {
  const it = await world();
  const f = new HostFixture(it);
  const gate = new Latch();
  it.types.on("deaf", {
    watch: async () => {
      await gate.wait();
      return SUCCESS;
    },
  });
  await f.put("a/machine.yaml", manifest("a", ["deaf"]));
  await f.put("b/machine.yaml", manifest("b"));
  await f.start();
  const stopping = f.stop();
  await it.clock.advance(STOP_LIMIT_MS);
  await stopping;
  deepStrictEqual(it.log.entries.at(-1)?.fields, { machines: ["a"] });
  gate.ring();
  await it.clock.settle();
  strictEqual(it.clock.waiting, 0);
  await f[Symbol.asyncDispose]();
});

Deno.test("Host[Symbol.asyncDispose]() stops, also twice, also before it ran", async () => {
  const it = await world();
  const make = () =>
    new Host({
      directory: `${it.path}/machines`,
      stateDirectory: `${it.path}/.machinist`,
      types: [],
      ports: it.ports,
    });
  {
    await using _idle = make();
  }
  const host = make();
  const running = host.run({ signal: new AbortController().signal });
  await host[Symbol.asyncDispose]();
  await host[Symbol.asyncDispose]();
  await running;
  strictEqual(it.clock.waiting, 0);
  await it[Symbol.asyncDispose]();
});

Deno.test("Host.run() leaves alone what is another host's to run, also the state that it keeps for it", async () => {
  await using f = await hosted({ loads: ({ directory }) => directory !== "theirs" });
  await f.put("mine/machine.yaml", manifest("mine"));
  await f.put("theirs/machine.yaml", manifest("theirs"));
  const kept = ".machinist/states/theirs.json";
  await f.put(kept, JSON.stringify({ format: 1, machine: "theirs", state: "ON", fsm: "x" }));
  await f.start();
  deepStrictEqual(f.phases(), ["mine running 1.0.0"]);
  strictEqual(Deno.statSync(`${f.machines}/${kept}`).isFile, true);
});
