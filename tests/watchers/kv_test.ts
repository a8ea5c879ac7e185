import { deepStrictEqual, ok, rejects, strictEqual, throws } from "node:assert";
import type { Data, Outcome } from "../../src/machine/watcher.ts";
import { type KvBucket, KvError } from "../../src/ports/kv.ts";
import { FakeClock, MemoryKv, MemoryLog } from "../../src/testing/mod.ts";
import { KvWatcher } from "../../src/watchers/kv.ts";
import { look, type LookOptions, templates } from "./look.ts";

const BASE = { bucket: "PLUGINS", key: "machines", bucket_prefix: false };
const bytes = (text: string) => new TextEncoder().encode(text);

/** Options of a rig. */
interface RigOptions {
  readonly kv?: MemoryKv;
  /** Stands between the watcher and the bucket. */
  readonly between?: (bucket: KvBucket) => KvBucket;
}

/** A watcher, its world, and a machine that stores what it returns. */
class Rig {
  readonly clock = new FakeClock();
  readonly log = new MemoryLog();
  readonly kv: MemoryKv;
  readonly watcher: KvWatcher;
  data: Data = {};
  previous: Outcome | undefined;

  constructor(properties: Data = BASE, options: RigOptions = {}) {
    const { between = (bucket) => bucket } = options;
    const kv = options.kv ?? new MemoryKv({ buckets: ["PLUGINS"], now: () => this.clock.now() });
    this.kv = kv;
    const seen = {
      bucket: (name: string) => between(kv.bucket(name)),
      createBucket: (name: string) => kv.createBucket(name),
      [Symbol.asyncDispose]: () => kv[Symbol.asyncDispose](),
    };
    const ports = { clock: this.clock, kv: seen, log: this.log, random: () => 0.5 };
    this.watcher = KvWatcher.create(properties, ports);
  }

  async put(value: string, key = "machines"): Promise<number> {
    this.clock.jump(1);
    return await this.kv.bucket("PLUGINS").put(key, bytes(value));
  }

  async look(options: LookOptions = {}): Promise<Outcome> {
    const previous = this.previous === undefined ? {} : { previous: this.previous };
    const outcome = await this.watcher.watch(look({ data: this.data, ...previous, ...options }));
    this.previous = outcome;
    this.data = JSON.parse(JSON.stringify({ ...this.data, ...outcome.data }));
    return outcome;
  }
}

const VALUES: readonly { readonly name: string; readonly raw: string; readonly stored: unknown }[] =
  [
    { name: "an object with a newline behind", raw: '{"spec": "foo"}\n', stored: { spec: "foo" } },
    { name: "newlines around", raw: '\n{"spec": "foo"}\n', stored: { spec: "foo" } },
    { name: "blanks and tabs around", raw: ' \t{"spec": "foo"}\t ', stored: { spec: "foo" } },
    { name: "an array", raw: " [1, 2] ", stored: [1, 2] },
    { name: "a number, as text", raw: "12\n", stored: "12\n" },
    { name: "a quoted text, as it is", raw: '"a"', stored: '"a"' },
    { name: "YAML, as it is", raw: "a: 1\n", stored: "a: 1\n" },
    { name: "half an object, as text", raw: '{"machines": "W10', stored: '{"machines": "W10' },
    { name: "nothing, as empty text", raw: "", stored: "" },
    { name: "a byte order mark, as text", raw: '\ufeff{"a":1}', stored: '\ufeff{"a":1}' },
  ];

for (const { name, raw, stored } of VALUES) {
  Deno.test(`KvWatcher.watch() stores ${name}`, async () => {
    const rig = new Rig();
    await rig.put(raw);
    const outcome = await rig.look({ cause: "start" });
    strictEqual(outcome.result, "success");
    strictEqual(outcome.state, "changed");
    deepStrictEqual(rig.data, { machines: stored });
  });
}

const BAD: readonly { readonly name: string; readonly raw: Uint8Array; readonly code: string }[] = [
  { name: "an object that is none (K6)", raw: bytes('{"a": }'), code: "value_json" },
  { name: "an array that is none (K6)", raw: bytes("[1,]"), code: "value_json" },
  { name: "a key given twice (#8)", raw: bytes('{"a":1,"a":2}'), code: "duplicate_key" },
  { name: "bytes that are not UTF-8 (#4)", raw: new Uint8Array([123, 0xff, 125]), code: "utf8" },
  { name: "too deep a value (#47)", raw: bytes("[".repeat(65) + "]".repeat(65)), code: "depth" },
];

for (const { name, raw, code } of BAD) {
  Deno.test(`KvWatcher.watch() fails and keeps the old value for ${name}`, async () => {
    const rig = new Rig();
    await rig.put('{"spec":"good"}');
    await rig.look();
    await rig.kv.bucket("PLUGINS").put("machines", raw);
    const outcome = await rig.look();
    deepStrictEqual([outcome.result, outcome.state, outcome.code], ["failure", "error", code]);
    deepStrictEqual(rig.data, { machines: { spec: "good" } });
    const again = await rig.look();
    deepStrictEqual([again.code, again.announce], [code, false]);
    await rig.put('{"spec":"good"}');
    strictEqual((await rig.look()).result, "unchanged");
    await rig.put('{"spec":"better"}');
    strictEqual((await rig.look()).state, "changed");
    deepStrictEqual(rig.data, { machines: { spec: "better" } });
  });
}

Deno.test("KvWatcher.watch() refuses a value above the limit and takes one at it (#15)", async () => {
  const rig = new Rig(BASE, { kv: new MemoryKv({ buckets: ["PLUGINS"], maxValue: 2 ** 21 }) });
  await rig.put("x".repeat(1024 * 1024));
  strictEqual((await rig.look()).state, "changed");
  await rig.put("x".repeat(1024 * 1024 + 1));
  strictEqual((await rig.look()).code, "too_large");
});

Deno.test("KvWatcher.watch() names the item by prefix, bucket and store_key", async () => {
  const cases: readonly (readonly [Data, string])[] = [
    [{ bucket: "PLUGINS", key: "machines" }, "PLUGINS_machines"],
    [{ ...BASE, store_key: "{{ name }}" }, "spec"],
    [{ bucket: "PLUGINS", key: "machines", store_key: "key" }, "PLUGINS_key"],
    [{ ...BASE, key: "{{ key }}" }, "machines"],
  ];
  for (const [properties, item] of cases) {
    const rig = new Rig(properties);
    await rig.put("v");
    await rig.look({ template: templates({ key: "machines", name: "spec" }) });
    deepStrictEqual(Object.keys(rig.data), [item]);
  }
});

Deno.test("KvWatcher.watch() stores what the query finds, and drops the item when it finds nothing (K5)", async () => {
  const rig = new Rig({ ...BASE, query: "spec" });
  await rig.put('{"spec":"foo"}');
  await rig.look();
  deepStrictEqual(rig.data, { machines: "foo" });
  await rig.put('{"other":"foo"}');
  strictEqual((await rig.look()).state, "changed");
  deepStrictEqual(rig.data, {});
  await rig.put('{"spec":"bar"}');
  await rig.look();
  deepStrictEqual(rig.data, { machines: "bar" });
});

Deno.test("KvWatcher.watch() is unchanged after a restart with the same value", async () => {
  const rig = new Rig();
  rig.data = { machines: { b: 1, a: [2] } };
  await rig.put('{"a":[2],"b":1}');
  const outcome = await rig.look({ cause: "start" });
  deepStrictEqual([outcome.result, outcome.data], ["unchanged", undefined]);
});

Deno.test("KvWatcher.watch() drops the item when the key is deleted, and only then", async () => {
  const rig = new Rig();
  strictEqual((await rig.look({ cause: "start" })).result, "unchanged");
  await rig.put("v");
  await rig.look();
  await rig.kv.bucket("PLUGINS").delete("machines");
  const outcome = await rig.look();
  deepStrictEqual([outcome.state, outcome.data], ["changed", { machines: undefined }]);
  deepStrictEqual(rig.data, {});
  strictEqual((await rig.look()).result, "unchanged");
});

Deno.test("KvWatcher.watch() keeps the item when the bucket is gone, and takes the new one (#182, #190)", async () => {
  const rig = new Rig();
  await rig.put("old");
  await rig.put("v");
  await rig.look();
  rig.kv.removeBucket("PLUGINS");
  // A conditional get is told of nothing new by some stores; the full one that follows finds out.
  const outcome = await rig.look();
  deepStrictEqual([outcome.result, outcome.code], ["failure", "no_bucket"]);
  deepStrictEqual(rig.data, { machines: "v" });
  await rig.kv.createBucket("PLUGINS");
  await rig.put("w");
  const after = await rig.look({ cause: "wake" });
  deepStrictEqual(after.data, { machines: "w" });
});

Deno.test("KvWatcher.watch() with on_matching_update tells of a new revision with the same value", async () => {
  const rig = new Rig({ ...BASE, on_matching_update: true });
  rig.data = { machines: "v" };
  await rig.put("v");
  strictEqual((await rig.look({ cause: "start" })).result, "unchanged");
  await rig.put("v");
  strictEqual((await rig.look()).state, "changed");
  strictEqual((await rig.look()).result, "unchanged");
});

Deno.test("KvWatcher.watch() with on_successful_get succeeds at each interval, not at each state", async () => {
  const rig = new Rig({ ...BASE, on_successful_get: true });
  strictEqual((await rig.look({ cause: "start" })).result, "unchanged");
  await rig.put("v");
  strictEqual((await rig.look()).result, "success");
  strictEqual((await rig.look()).result, "success");
  await rig.clock.advance(10_000);
  strictEqual((await rig.look({ cause: "state" })).result, "unchanged");
  await rig.clock.advance(60_000);
  strictEqual((await rig.look({ cause: "state" })).result, "success");
});

Deno.test("KvWatcher.watch() waits longer and with jitter while the store is away (K3, #188)", async () => {
  const rig = new Rig();
  rig.kv.fail(new KvError("Cannot reach the store", { code: "unreachable" }));
  const waits: (number | undefined)[] = [];
  for (let i = 0; i < 6; i++) {
    const outcome = await rig.look();
    deepStrictEqual([outcome.result, outcome.code], ["failure", "store_unreachable"]);
    strictEqual(outcome.announce, i === 0 ? undefined : false);
    waits.push(outcome.again);
  }
  deepStrictEqual(waits, [2_500, 5_000, 10_000, 20_000, 30_000, 30_000]);
  rig.kv.fail(undefined);
  await rig.put("v");
  strictEqual((await rig.look()).state, "changed");
  rig.kv.fail(new KvError("Cannot get: not allowed", { code: "denied" }));
  const denied = await rig.look();
  deepStrictEqual([denied.code, denied.again], ["store_denied", undefined]);
  deepStrictEqual(rig.data, { machines: "v" });
});

Deno.test("KvWatcher.watch() asks conditionally, and for the value itself every tenth time", async () => {
  const asked: (number | undefined)[] = [];
  const rig = new Rig(BASE, {
    between: (bucket) => ({
      ...bucket,
      get: (key, options) => {
        asked.push(options?.newerThan);
        return bucket.get(key, options);
      },
    }),
  });
  await rig.put("v");
  for (let i = 0; i < 11; i++) await rig.look();
  deepStrictEqual(asked, [undefined, 1, 1, 1, 1, 1, 1, 1, 1, 1, undefined]);
  await rig.look({ cause: "wake" });
  strictEqual(asked.at(-1), undefined);
});

Deno.test("KvWatcher.watch() restores an item that was overwritten or whose outcome was dropped (K10)", async () => {
  const rig = new Rig();
  await rig.put("v");
  await rig.look();
  rig.data = { machines: "mine" };
  deepStrictEqual((await rig.look()).data, { machines: "v" });
  rig.data = {};
  deepStrictEqual((await rig.look()).data, { machines: "v" });
});

Deno.test("KvWatcher.watch() does not go back to what a lagging replica has (#192)", async () => {
  let lagging = false;
  const rig = new Rig(BASE, {
    between: (bucket) => ({
      ...bucket,
      get: (key, options) => bucket.get(key, lagging ? { revision: 1 } : options),
    }),
  });
  await rig.put("old");
  await rig.put("new");
  await rig.look();
  lagging = true;
  const outcome = await rig.look({ cause: "wake" });
  deepStrictEqual([outcome.result, rig.data], ["unchanged", { machines: "new" }]);
});

Deno.test("KvWatcher.watch() looks once more after a hint that showed nothing new", async () => {
  const rig = new Rig();
  await rig.put("v");
  await rig.look();
  const outcome = await rig.look({ cause: "wake" });
  deepStrictEqual([outcome.result, outcome.again], ["unchanged", 1_801]);
  strictEqual((await rig.look({ cause: "again" })).again, undefined);
});

Deno.test("KvWatcher.watch() fails with the template's code when the key does not expand", async () => {
  const rig = new Rig({ ...BASE, key: "{{ bad bad }}" });
  const outcome = await rig.look({ template: templates({}) });
  deepStrictEqual([outcome.result, outcome.code], ["failure", "template"]);
});

Deno.test("KvWatcher.watch() rejects with the reason of its signal", async () => {
  const rig = new Rig();
  const reason = new Error("left");
  await rejects(rig.look({ signal: AbortSignal.abort(reason) }), (error) => error === reason);
});

Deno.test("KvWatcher.wakes() is there in mode watch and with a trigger, and hears of changes", async () => {
  strictEqual(new Rig().watcher.wakes, undefined);
  ok(new Rig({ ...BASE, republish_trigger: "mm.machines" }).watcher.wakes);
  const rig = new Rig({ ...BASE, mode: "watch" });
  const stop = new AbortController();
  const { machine, template } = look();
  const wakes = rig.watcher.wakes?.({ signal: stop.signal, machine, template });
  ok(wakes);
  const heard = wakes[Symbol.asyncIterator]();
  strictEqual((await heard.next()).done, false);
  const second = heard.next();
  await rig.put("v");
  strictEqual((await second).done, false);
  strictEqual(rig.kv.listeners, 1);
  stop.abort();
  strictEqual((await heard.next()).done, true);
  strictEqual(rig.kv.listeners, 0);
});

Deno.test("KvWatcher.wakes() follows a key whose template gives another one", async () => {
  const listened: string[] = [];
  const rig = new Rig({ ...BASE, mode: "watch", key: "{{ key }}" }, {
    between: (bucket) => ({
      ...bucket,
      changes: (key, options) => {
        listened.push(key);
        return bucket.changes(key, options);
      },
    }),
  });
  const stop = new AbortController();
  const values: Record<string, string> = { key: "one" };
  const context = look({ template: templates(values) });
  const wakes = rig.watcher.wakes?.({ ...context, signal: stop.signal });
  ok(wakes);
  const heard = wakes[Symbol.asyncIterator]();
  await heard.next();
  values["key"] = "two";
  const next = heard.next();
  await rig.watcher.watch(context);
  await next;
  deepStrictEqual(listened, ["one", "two"]);
  stop.abort();
  await heard.next();
});

Deno.test("KvWatcher.wakes() waits for a key that does not expand yet", async () => {
  const rig = new Rig({ ...BASE, mode: "watch", key: "{{ bad bad }}" });
  const stop = new AbortController();
  let broken = true;
  const template = (text: string) =>
    broken ? Promise.reject(new SyntaxError("bad")) : Promise.resolve(text && "machines");
  const { machine } = look();
  const wakes = rig.watcher.wakes?.({ signal: stop.signal, machine, template });
  ok(wakes);
  const heard = wakes[Symbol.asyncIterator]();
  const first = heard.next();
  await rig.clock.settle();
  broken = false;
  await rig.watcher.watch(look({ template }));
  strictEqual((await first).done, false);
  stop.abort();
  await heard.next();
});

const REFUSED: readonly (readonly [string, Data, RegExp])[] = [
  ["no bucket", { key: "k" }, /bucket is required/],
  ["no key", { bucket: "B" }, /key is required/],
  ["an unknown mode", { ...BASE, mode: "push" }, /mode/],
  ["hiera data", { ...BASE, hiera_config: true }, /hiera_config.*not supported/],
  ["a query that is none", { ...BASE, query: "a|b" }, /query/],
];

for (const [name, properties, message] of REFUSED) {
  Deno.test(`KvWatcher.create() refuses ${name}`, () => {
    throws(() => new Rig(properties), { message });
  });
}

Deno.test("KvWatcher.create() gives a default and a minimum interval (K2)", () => {
  deepStrictEqual(new Rig().watcher.pace, { defaultMs: 60_000, minimumMs: 500 });
});
