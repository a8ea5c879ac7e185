import { deepStrictEqual, match, rejects, strictEqual, throws } from "node:assert/strict";
import { Machine } from "../../src/machine/machine.ts";
import { ManifestError } from "../../src/machine/manifest_error.ts";
import { definition, FAILURE, start, SUCCESS, UNCHANGED, world } from "./harness.ts";

Deno.test("Machine() refuses a definition that the loader would refuse", async () => {
  await using it = await world();
  const make = (what: Parameters<typeof definition>[1]) => () =>
    new Machine({
      definition: definition([{ name: "w" }], what),
      directory: `${it.path}/lamp`,
      machinesDirectory: it.path,
      stateDirectory: `${it.path}/.machinist`,
      types: [it.types],
      ports: it.ports,
    });
  throws(make({ name: "" }), /a machine name is required/);
  throws(make({ watchers: [] }), /no watchers defined/);
  make({})();
});

Deno.test("Machine() refuses watchers that cannot be made, by name and reason", async () => {
  await using it = await world();
  const cases: [Parameters<typeof definition>[0], string, string][] = [
    [[{ name: "" }], "watchers[0].name", "name is required"],
    [[{ name: "w" }, { name: "w" }], "watchers[1].name", "watcher w already exist"],
    [[{ name: "w", type: "magic" }], "watchers[0].type", "unknown watcher 'magic'"],
    [
      [{ name: "w", properties: { broken: true } }],
      "watchers[0].properties",
      `could not create scripted watcher 'w': could not set properties: Cannot read property "broken": it is broken`,
    ],
    [
      [{ name: "w", interval: "10" }],
      "watchers[0].interval",
      `could not create scripted watcher 'w': Cannot parse duration "10": invalid time unit 0, wanted one of s m h d w M y`,
    ],
    [
      [{ name: "slow", interval: "1s" }],
      "watchers[0].interval",
      "could not create scripted watcher 'slow': interval 1s is too small",
    ],
  ];
  it.types.on("slow", { pace: { minimumMs: 2_000 } });
  for (const [watchers, path, reason] of cases) {
    await rejects(start(it, definition(watchers)), (error: unknown) => {
      if (!(error instanceof ManifestError)) return false;
      deepStrictEqual([error.code, error.path, error.reason], ["manifest_watcher", path, reason]);
      return true;
    });
  }
});

Deno.test("Machine.run() looks at once and acts on what is found, in order", async () => {
  await using it = await world();
  it.types.on("w", { watch: () => ({ ...SUCCESS, data: { seen: 1 }, details: { extra: true } }) });
  const what = definition([{ name: "w", stateMatch: ["OFF"], successTransition: "start" }]);
  const changes: string[] = [];
  await using it2 = await start(it, what, {
    onTransition: ({ from, to }) => changes.push(`${from} ${to}`),
  });
  const status = it2.machine.status();
  strictEqual(status.state, "ON");
  deepStrictEqual(status.availableTransitions, ["stop"]);
  deepStrictEqual(status.watchers, [{
    name: "w",
    type: "scripted",
    active: false,
    looks: 1,
    outcome: { result: "success", reason: "fine", details: { extra: true } },
    at: it.clock.now(),
    tookMs: 0,
    pending: false,
  }]);
  deepStrictEqual(changes, ["OFF ON"]);
  const stored = JSON.parse(await Deno.readTextFile(`${it.path}/lamp/machine_data.json`));
  deepStrictEqual(stored, { seen: 1 });
  deepStrictEqual(it.events.events.map((event) => event.subject), [
    "choria.machine.watcher.scripted.state",
    "choria.machine.transition",
  ]);
});

Deno.test("Machine.run() publishes what a watcher found, with the reference's words", async () => {
  await using it = await world();
  it.types.on("w", {
    watch: async () => {
      await it.clock.sleep(1_500);
      return { ...FAILURE, state: "verify_failed", details: { source: "x" } };
    },
  });
  await using _ = await start(it, definition([{ name: "w" }]));
  await it.clock.advance(1_500);
  const data = it.events.events[0]?.body["data"];
  deepStrictEqual({ ...Object(data), id: "", timestamp: 0 }, {
    state: "verify_failed",
    previous_outcome: "verify_failed",
    previous_run_time: 1_500_000_000,
    reason: "not fine",
    code: "bad",
    source: "x",
    protocol: "io.choria.machine.watcher.scripted.v1.state",
    identity: "node.example.net",
    id: "",
    version: "1.0.0",
    timestamp: 0,
    type: "scripted",
    machine: "lamp",
    name: "w",
  });
});

Deno.test("Machine.run() fires nothing and publishes nothing for an unchanged look, unless asked to", async () => {
  await using it = await world();
  it.types.on("quiet", { watch: () => UNCHANGED }).on("loud", {
    watch: () => ({ ...UNCHANGED, announce: true }),
  }).on("hushed", { watch: () => ({ ...SUCCESS, announce: false }) });
  const what = definition(["quiet", "loud", "hushed"].map((name) => ({
    name,
    successTransition: "stay",
    failTransition: "stop",
  })));
  await using it2 = await start(it, what);
  strictEqual(it2.machine.status().state, "OFF");
  deepStrictEqual(
    it.events.events.map((event) => Object(event.body["data"])["name"]),
    ["loud"],
  );
});

Deno.test("Machine.fire() moves when the event is possible, and only warns when not", async () => {
  await using it = await world();
  await using it2 = await start(it, definition([{ name: "w" }]));
  strictEqual(await it2.machine.fire("stop"), false);
  strictEqual(await it2.machine.fire("unknown"), false);
  strictEqual(await it2.machine.fire(""), false);
  strictEqual(it2.machine.status().state, "OFF");
  deepStrictEqual(it.log.messages("warn").length, 2);
  strictEqual(await it2.machine.fire("start"), true);
  strictEqual(it2.machine.status().state, "ON");
});

Deno.test("Machine.fire() into the same state tells nobody, but counts for the pace", async () => {
  await using it = await world();
  await using it2 = await start(it, definition([{ name: "w" }]));
  const before = [it.types.looks.length, it.events.events.length];
  strictEqual(await it2.machine.fire("stay"), true);
  deepStrictEqual([it.types.looks.length, it.events.events.length], before);
  const second = it2.machine.fire("start");
  await it.clock.settle();
  strictEqual(it2.machine.status().state, "OFF");
  await it.clock.advance(25);
  strictEqual(await second, true);
});

Deno.test("Machine.run() in a circle slows down to one transition in five seconds (#209)", async () => {
  await using it = await world({ random: () => 0.5 });
  it.types.on("there", { watch: () => SUCCESS }).on("back", { watch: () => SUCCESS });
  let moves = 0;
  const what = definition([
    { name: "there", stateMatch: ["OFF"], successTransition: "start" },
    { name: "back", stateMatch: ["ON"], successTransition: "stop" },
  ]);
  await using it2 = await start(it, what, { onTransition: () => moves++ });
  await it.clock.advance(60_000);
  const [early] = [moves, moves = 0];
  strictEqual(early > 20 && early < 40, true, `${early}`);
  await it.clock.advance(60_000);
  strictEqual(moves, 12);
  await it2.stop();
});

Deno.test("Machine.run() ends at once and quietly, also in the middle of a wait (#200)", async () => {
  await using it = await world({ random: () => 0.5 });
  it.types.on("there", { watch: () => SUCCESS }).on("back", { watch: () => SUCCESS });
  const what = definition([
    { name: "there", stateMatch: ["OFF"], successTransition: "start" },
    { name: "back", stateMatch: ["ON"], successTransition: "stop" },
  ]);
  const it2 = await start(it, what);
  await it.clock.advance(30_000);
  const fired = it2.machine.fire("start");
  await it2.stop();
  strictEqual(await fired, false);
  strictEqual(it.clock.waiting, 0);
  strictEqual(await it2.machine.fire("start"), false);
});

Deno.test("Machine.fire() gives up quietly when the machine stops while it waits", async () => {
  await using it = await world();
  const it2 = await start(it, definition([{ name: "w" }]));
  await it2.machine.fire("stay");
  const waiting = [it2.machine.fire("start"), it2.machine.fire("stop")];
  await it.clock.settle();
  await it2.stop();
  deepStrictEqual(await Promise.all(waiting), [false, false]);
});

Deno.test("Machine.run() works once, and from its initial state with its data", async () => {
  await using it = await world();
  it.types.on("w", {
    watch: ({ data }) => ({ ...UNCHANGED, data: { n: Number(data["n"] ?? 0) + 1 } }),
  });
  for (let run = 1; run <= 2; run++) {
    const it2 = await start(it, definition([{ name: "w" }]));
    strictEqual(it2.machine.status().state, "OFF");
    match(it2.machine.status().instance, /^[0-9a-f-]{36}$/);
    await it2.machine.fire("start");
    await it2.stop();
    await rejects(it2.machine.run({ signal: new AbortController().signal }), TypeError);
  }
  const stored = JSON.parse(await Deno.readTextFile(`${it.path}/lamp/machine_data.json`));
  strictEqual(stored.n >= 2, true);
});

Deno.test("Machine.run() waits a random part of its splay, once, before it looks", async () => {
  await using it = await world({ random: () => 0.55 });
  await using it2 = await start(it, definition([{ name: "w" }], { splayStartSeconds: 10 }));
  strictEqual(it2.machine.status().startedAt, undefined);
  await it.clock.advance(4_999);
  deepStrictEqual(it.types.looks, []);
  await it.clock.advance(1);
  deepStrictEqual(it.types.looks, ["w start"]);
  strictEqual(it2.machine.status().startedAt, it.clock.now());
});

Deno.test("Machine.run() turns data that cannot be stored into a failure, and goes on", async () => {
  await using it = await world();
  it.types.on("w", { watch: () => ({ ...SUCCESS, data: { big: "x".repeat(9 * 1024 * 1024) } }) });
  const what = definition([{ name: "w", successTransition: "start" }]);
  await using it2 = await start(it, what);
  const status = it2.machine.status();
  strictEqual(status.watchers[0]?.outcome?.code, "data_store");
  strictEqual(status.state, "OFF");
});

Deno.test("Machine.run() wakes who reads data that changed, not who wrote it", async () => {
  await using it = await world();
  let value = 1;
  it.types.on("writer", { watch: () => ({ ...UNCHANGED, data: { item: value } }), reads: ["item"] })
    .on("reader", { reads: ["item"] }).on("other", { reads: ["else"] });
  const names = ["reader", "other", "writer"];
  await using _ = await start(it, definition(names.map((name) => ({ name, interval: "1m" }))));
  deepStrictEqual(it.types.looks.slice(3), ["reader data"]);
  it.types.looks.length = 0;
  await it.clock.advance(60_000);
  deepStrictEqual([...it.types.looks].sort(), [
    "other interval",
    "reader interval",
    "writer interval",
  ]);
  it.types.looks.length = 0;
  value = 2;
  await it.clock.advance(60_000);
  deepStrictEqual(it.types.looks.filter((look) => look.endsWith("data")), ["reader data"]);
});

Deno.test("Machine.run() tells which directories a look changed", async () => {
  await using it = await world();
  it.types.on("w", { watch: () => ({ ...SUCCESS, directories: ["mm_a", "a"] }) });
  const heard: (readonly string[])[] = [];
  await using _ = await start(it, definition([{ name: "w" }]), {
    onDirectories: (directories) => heard.push(directories),
  });
  deepStrictEqual(heard, [["mm_a", "a"]]);
});

Deno.test("Machine.run() expands templates of its watchers with facts and data", async () => {
  await using it = await world();
  it.node.setFacts({ os: "linux" });
  it.types.on("w", {
    watch: async ({ template }) => ({
      ...SUCCESS,
      reason: await template('{{ lookup "facts.os" "" }} {{ lookup "data.n" 7 }}'),
    }),
  });
  await using it2 = await start(it, definition([{ name: "w" }]));
  strictEqual(it2.machine.status().watchers[0]?.outcome?.reason, "linux 7");
});

Deno.test("Machine.run() fires what subscribes to another machine's event", async () => {
  await using it = await world();
  const what = definition([{ name: "w" }], {
    transitions: [
      {
        name: "start",
        from: ["OFF"],
        destination: "ON",
        subscribe: [{ machineName: "sun", event: "sets" }],
      },
    ],
  });
  await using it2 = await start(it, what);
  const heard = { from: "DAY", to: "NIGHT" };
  it2.machine.hear({ ...heard, machineName: "moon", event: "sets" });
  it2.machine.hear({ ...heard, machineName: "sun", event: "rises" });
  await it.clock.settle();
  strictEqual(it2.machine.status().state, "OFF");
  it2.machine.hear({ ...heard, machineName: "sun", event: "sets" });
  await it.clock.settle();
  strictEqual(it2.machine.status().state, "ON");
  it2.machine.hear({ ...heard, machineName: "sun", event: "sets" });
  await it.clock.settle();
  strictEqual(it2.machine.status().state, "ON");
});

Deno.test("Machine.run() lets watchers let go at its end, however that is", async () => {
  await using it = await world();
  const ended: string[] = [];
  const type = {
    type: "scripted",
    create: (properties: Readonly<Record<string, unknown>>) => ({
      ...it.types.create(properties),
      [Symbol.asyncDispose]: () => {
        ended.push(String(properties["script"]));
        return properties["script"] === "a" ? Promise.reject(new Error("no")) : Promise.resolve();
      },
    }),
  };
  {
    await using _machine = await start(it, definition([{ name: "a" }, { name: "b" }]), {
      types: [type],
    });
    deepStrictEqual(ended, []);
  }
  deepStrictEqual(ended, ["a", "b"]);
  deepStrictEqual(it.log.messages("error"), ["A watcher did not end well"]);
});

Deno.test("Machine.run() begins where it is told to, and says who moved it (M8)", async () => {
  await using it = await world();
  const moves: string[] = [];
  it.types.on("w", { watch: () => SUCCESS });
  const what = definition([{ name: "w", stateMatch: ["OFF"], successTransition: "start" }]);
  await using it2 = await start(it, what, {
    startState: "ON",
    onTransition: ({ event, byHand }) => moves.push(`${event} ${byHand}`),
  });
  strictEqual(it2.machine.status().state, "ON");
  strictEqual(await it2.machine.fire("stop", { byHand: true }), true);
  await it.clock.advance(10_000);
  deepStrictEqual(moves, ["stop true", "start false"]);
});
