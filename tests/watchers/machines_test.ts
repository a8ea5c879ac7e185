import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import { load } from "js-yaml";
import { DenoFs } from "../../src/deno/fs.ts";
import type { Data, Outcome } from "../../src/machine/watcher.ts";
import { pack } from "../../src/spec/pack.ts";
import { generateKeyPair, PrivateKey } from "../../src/spec/private_key.ts";
import { FakeClock, FakeNode, MemoryLog } from "../../src/testing/mod.ts";
import { MachinesWatcher } from "../../src/watchers/machines.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { look, type LookOptions } from "./look.ts";

const KEYS = generateKeyPair();
const OTHER = generateKeyPair();
const BASE = { data_item: "spec", public_key: KEYS.publicKey, purge_unknown: true };

/** An entry for a machine on every node. */
function entry(name: string, more: Data = {}): Data {
  return {
    name,
    source: `https://example.net/${name}.tgz`,
    checksum: "a".repeat(64),
    verify_checksum: "b".repeat(64),
    ...more,
  };
}

/** The packed list as the kv watcher stores it. */
function signed(entries: unknown, key = KEYS.privateKey): Data {
  const payload = new TextEncoder().encode(JSON.stringify(entries));
  return JSON.parse(pack(payload, { keys: key === "" ? [] : [PrivateKey.parse(key)] }));
}

/** A machines directory with a manager, and what was held. */
class Rig implements AsyncDisposable {
  readonly log = new MemoryLog();
  readonly held: string[] = [];
  readonly machines: string;
  readonly node = new FakeNode({ commands: ["facter"] });
  readonly #directory: AsyncDisposable;

  private constructor(directory: AsyncDisposable & { readonly path: string }) {
    this.machines = directory.path;
    this.#directory = directory;
  }

  static async create(): Promise<Rig> {
    const rig = new Rig(await temporaryDirectory());
    for (const name of ["manager", ".machinist"]) Deno.mkdirSync(`${rig.machines}/${name}`);
    return rig;
  }

  get names(): readonly string[] {
    return [...Deno.readDirSync(this.machines)].map(({ name }) => name)
      .filter((name) => !name.startsWith(".") && name !== "tmp" && name !== "manager").sort();
  }

  watcher(properties: Data = BASE): (spec: unknown, options?: LookOptions) => Promise<Outcome> {
    const neighbours = {
      hold: (directory: string) => {
        this.held.push(directory);
        return Promise.resolve({ [Symbol.asyncDispose]: () => Promise.resolve() });
      },
    };
    const { log, node } = this;
    const clock = new FakeClock();
    const watcher = MachinesWatcher.create(properties, {
      clock,
      fs: new DenoFs(),
      log,
      neighbours,
      node,
    });
    return (spec, options = {}) => {
      const data = spec === undefined ? {} : { spec };
      const { machines } = this;
      return watcher.watch(look({ machines, machine: "manager", data, ...options }));
    };
  }

  manifest(name: string): unknown {
    return load(Deno.readTextFileSync(`${this.machines}/mm_${name}/machine.yaml`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}

Deno.test("MachinesWatcher.watch() writes the managers of a signed list, once", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher();
  const spec = signed([entry("one"), entry("two", { match: "has_command('none')" })]);
  const outcome = await check(spec, { cause: "data" });
  deepStrictEqual([outcome.result, outcome.state], ["success", "updated"]);
  deepStrictEqual(outcome.directories, ["mm_one"]);
  deepStrictEqual(outcome.details?.["machines"], ["one", "two"]);
  strictEqual(outcome.data, undefined);
  deepStrictEqual(rig.names, ["mm_one"]);
  const again = await check(spec);
  deepStrictEqual([again.result, again.state, again.directories], [
    "unchanged",
    "unchanged",
    undefined,
  ]);
});

Deno.test("MachinesWatcher.watch() takes the seed's list with its published key, and warns", async () => {
  await using rig = await Rig.create();
  const published = "64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da";
  const check = rig.watcher({ data_item: "spec", public_key: published });
  ok(rig.log.messages("warn").some((message) => message.includes("documentation")));
  const seed =
    "d8bd4d6392af154e996a18a4ccd5f51931d8e861d42966a677d85fbb598b66d364031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da";
  const outcome = await check(signed([entry("facts", { match: "has_command('facter')" })], seed));
  strictEqual(outcome.state, "updated");
  deepStrictEqual(rig.names, ["mm_facts"]);
});

const REFUSED: readonly (readonly [string, (good: Data) => unknown, string])[] = [
  ["without a signature (reference 2, #17)", ({ machines }) => ({ machines }), "sig_missing"],
  ["with one that is not hex (reference 3, #19)", (s) => ({ ...s, signature: "x" }), "sig_format"],
  ["over other bytes (reference 4, #21)", (s) => ({ ...s, machines: "W10=" }), "sig_invalid"],
  ["by another key (#20)", () => signed([entry("two")], OTHER.privateKey), "sig_invalid"],
  ["with bad base64 (#10)", (s) => ({ ...s, machines: "***" }), "base64"],
  ["as half a text (#2)", () => '{"machines": "W10', "envelope_json"],
  ["as a list (#3)", () => [1], "envelope_type"],
  ["with a bad name (#36)", () => signed([entry("../x")]), "name"],
  ["with null for a machine (#30)", () => signed([null]), "entry_type"],
  ["with null for the list (#29)", () => signed(null), "payload_type"],
  ["that is gone (#182)", () => undefined, "spec_absent"],
];

for (const [name, spoil, code] of REFUSED) {
  Deno.test(`MachinesWatcher.watch() changes nothing for a list ${name}`, async () => {
    await using rig = await Rig.create();
    const check = rig.watcher();
    const good = signed([entry("one")]);
    await check(good);
    Deno.mkdirSync(`${rig.machines}/one`);
    const outcome = await check(spoil(good));
    deepStrictEqual([outcome.result, outcome.state, outcome.code], ["failure", "error", code]);
    strictEqual(outcome.data, undefined);
    deepStrictEqual(rig.names, ["mm_one", "one"]);
    deepStrictEqual(rig.held, []);
    // The list in force heals what was taken away, also while the newest one is refused.
    Deno.removeSync(`${rig.machines}/mm_one`, { recursive: true });
    const healed = await check(spoil(good));
    deepStrictEqual([healed.code, healed.directories, rig.names], [
      code,
      ["mm_one"],
      ["mm_one", "one"],
    ]);
  });
}

Deno.test("MachinesWatcher.watch() keeps the last good list over a restart without a store (#188)", async () => {
  await using rig = await Rig.create();
  await rig.watcher()(signed([entry("one")]));
  Deno.removeSync(`${rig.machines}/mm_one`, { recursive: true });
  const outcome = await rig.watcher()(undefined, { cause: "start" });
  deepStrictEqual([outcome.code, outcome.directories], ["spec_absent", ["mm_one"]]);
});

Deno.test("MachinesWatcher.watch() announces a trouble once (#195)", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher();
  const first = await check("garbage");
  strictEqual(first.announce, undefined);
  const second = await check("garbage", { previous: first });
  strictEqual(second.announce, false);
});

Deno.test("MachinesWatcher.watch() puts what is not wanted any more into the trash", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher();
  await check(signed([entry("one"), entry("two"), entry("three")]));
  Deno.mkdirSync(`${rig.machines}/one`);
  Deno.writeTextFileSync(`${rig.machines}/one/machine_data.json`, "{}");
  const outcome = await check(signed([entry("two"), entry("three")]));
  deepStrictEqual([outcome.state, outcome.details?.["removed"]], ["updated", ["one"]]);
  deepStrictEqual(rig.names, ["mm_three", "mm_two"]);
  deepStrictEqual(rig.held, ["mm_one", "one"]);
  const [generation] = [...Deno.readDirSync(`${rig.machines}/.machinist/trash/one`)];
  const kept = `${rig.machines}/.machinist/trash/one/${generation?.name}/tree/machine_data.json`;
  strictEqual(Deno.readTextFileSync(kept), "{}");
});

Deno.test("MachinesWatcher.watch() holds a purge that looks like a mistake, unless told otherwise (#181)", async () => {
  await using rig = await Rig.create();
  await rig.watcher()(signed([entry("one"), entry("two"), entry("three")]));
  const held = await rig.watcher()(signed([]));
  deepStrictEqual([held.result, held.code], ["failure", "purge_guard"]);
  deepStrictEqual(rig.names, ["mm_one", "mm_three", "mm_two"]);
  strictEqual((await rig.watcher({ ...BASE, purge_unknown: false })(signed([]))).code, undefined);
  strictEqual(rig.names.length, 3);
  const outcome = await rig.watcher({ ...BASE, purge_guard: false })(signed([]));
  deepStrictEqual([outcome.state, rig.names], ["updated", []]);
});

Deno.test("MachinesWatcher.watch() keeps what a broken match says nothing about (#65, X6)", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher();
  await check(signed([entry("one")]));
  const outcome = await check(signed([entry("one", { match: "has_command(" })]));
  deepStrictEqual(rig.names, ["mm_one"]);
  const verdicts = outcome.details?.["verdicts"] as readonly Data[];
  deepStrictEqual([verdicts[0]?.["wanted"], verdicts[0]?.["code"]], [null, "match_error"]);
});

for (
  const [name, properties, ms] of [
    ["the documented name (X5)", { machine_manage_interval: "1m" }, "1m0s"],
    ["the reference's accident", { MachineManageInterval: "1h" }, "1h0m0s"],
    ["none", {}, "2m0s"],
    ["too small a value", { machine_manage_interval: "1s" }, "10s"],
  ] as const
) {
  Deno.test(`MachinesWatcher.watch() gives managers the interval of ${name}`, async () => {
    await using rig = await Rig.create();
    await rig.watcher({ ...BASE, ...properties })(signed([entry("one")]));
    const manifest = JSON.parse(JSON.stringify(rig.manifest("one")));
    deepStrictEqual([manifest.watchers[0].interval, manifest.watchers[0].properties.target], [
      ms,
      rig.machines,
    ]);
  });
}

Deno.test("MachinesWatcher.watch() without a public key takes any list, and warns (reference 1)", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher({ data_item: "spec" });
  ok(rig.log.messages("warn").some((message) => message.startsWith("No public key")));
  strictEqual((await check(signed([], ""))).result, "unchanged");
  strictEqual((await check(signed([entry("one")], ""))).state, "updated");
});

Deno.test("MachinesWatcher.watch() takes a list as text, and one that any of several keys signed", async () => {
  await using rig = await Rig.create();
  const properties = { data_item: "spec", public_keys: [OTHER.publicKey, KEYS.publicKey] };
  const check = rig.watcher(properties);
  strictEqual((await check(`${JSON.stringify(signed([entry("one")]))}\n`)).state, "updated");
  const both = rig.watcher({ ...properties, threshold: 2 });
  strictEqual((await both(signed([entry("two")]))).code, "threshold");
});

Deno.test("MachinesWatcher.watch() fails for a manager whose name is no directory's", async () => {
  await using rig = await Rig.create();
  const context = look({ machines: rig.machines });
  const ports = {
    clock: new FakeClock(),
    fs: new DenoFs(),
    log: rig.log,
    neighbours: { hold: () => Promise.reject(new Error("unused")) },
    node: rig.node,
  };
  const watcher = new MachinesWatcher(BASE, ports);
  const outcome = await watcher.watch({
    ...context,
    machine: { ...context.machine, name: "../../x" },
  });
  deepStrictEqual([outcome.result, outcome.code], ["failure", "name_reserved"]);
});

Deno.test("MachinesWatcher.watch() rejects with the reason of its signal", async () => {
  await using rig = await Rig.create();
  const reason = new Error("left");
  const signal = AbortSignal.abort(reason);
  await rejects(rig.watcher()(signed([]), { signal }), (error) => error === reason);
});

const UNUSABLE: readonly (readonly [string, Data, RegExp])[] = [
  ["no data_item", { data_item: "" }, /data_item is required/],
  ["a key that is not hex", { public_key: "x" }, /not hex/],
  ["an empty key", { public_key: "" }, /public key/],
  ["no key in a list", { public_key: [] }, /public_key/],
  ["a private key (#25)", { public_key: KEYS.privateKey }, /private key/],
  ["a weak key (#24)", { public_key: "00".repeat(32) }, /public key/],
  ["more signatures than keys", { threshold: 2 }, /threshold/],
];

for (const [name, properties, message] of UNUSABLE) {
  Deno.test(`MachinesWatcher.create() refuses ${name}`, async () => {
    await using rig = await Rig.create();
    throws(
      () => rig.watcher({ ...BASE, ...properties }),
      (error) =>
        error instanceof Error && message.test(error.message) &&
        !error.message.includes(KEYS.privateKey),
    );
  });
}

Deno.test("MachinesWatcher.create() reads its data item, at least every five minutes", () => {
  const ports = {
    clock: new FakeClock(),
    fs: new DenoFs(),
    log: new MemoryLog(),
    neighbours: { hold: () => Promise.reject(new Error("unused")) },
    node: new FakeNode(),
  };
  const watcher = MachinesWatcher.create(BASE, ports);
  deepStrictEqual(watcher.reads, ["spec"]);
  deepStrictEqual(watcher.pace, { defaultMs: 300_000, minimumMs: 2_000 });
});

Deno.test("MachinesWatcher.watch() warns of a match that is unknown and of a foreign directory, once for each change", async () => {
  await using rig = await Rig.create();
  Deno.mkdirSync(`${rig.machines}/taken`);
  Deno.writeTextFileSync(`${rig.machines}/taken/machine.yaml`, "name: taken\n");
  const check = rig.watcher();
  const told = async (unclear: string) => {
    const before = rig.log.entries.length;
    await check(signed([entry("taken"), entry("unclear", { match: unclear })]));
    return rig.log.entries.slice(before).filter(({ level }) => level === "warn")
      .map(({ fields }) => [fields["name"], fields["code"]]);
  };
  const unknown = "get_fact('a') > 1";
  deepStrictEqual(await told(unknown), [["taken", "foreign"], ["unclear", "match_error"]]);
  deepStrictEqual(await told(unknown), []);
  deepStrictEqual(await told("get_fact('b') > 1"), [["unclear", "match_error"]]);
  deepStrictEqual(await told("identity('^nobody$')"), []);
  deepStrictEqual(await told(unknown), [["unclear", "match_error"]]);
});

Deno.test("MachinesWatcher.watch() warns of each reason to refuse a list, also when two have one code", async () => {
  await using rig = await Rig.create();
  const check = rig.watcher();
  const refused = [{ name: "../a" }, { name: "../a" }, { name: "a..b" }];
  for (const each of refused) await check(signed([entry(each.name)]));
  const told = rig.log.entries.filter(({ level }) => level === "warn");
  deepStrictEqual(told.map(({ fields }) => fields["code"]), ["name", "name"]);
});
