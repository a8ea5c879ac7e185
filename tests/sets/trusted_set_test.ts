import { deepStrictEqual, match, rejects, strictEqual, throws } from "node:assert/strict";
import { load } from "js-yaml";
import { TrustedSet } from "../../src/sets/trusted_set.ts";
import { key } from "../spec/fixture.ts";
import { brief, envelope, SetWorld } from "./fixture.ts";

Deno.test("TrustedSet.settle() writes a manager for each wanted machine and leaves it afterwards", async () => {
  await using world = new SetWorld();
  const list = envelope(["facts", { name: "other", match: "identity('^db')" }]);
  const report = await world.settle(list);
  deepStrictEqual(brief(report), {
    result: "updated",
    code: undefined,
    written: ["facts"],
    removed: [],
    machines: ["facts true", "other false"],
  });
  deepStrictEqual(report.directories, ["mm_facts"]);
  strictEqual(report.spec?.verifiedBy, key(1).publicKey.hex);
  deepStrictEqual(world.names(), ["mm_facts"]);
  const info = Deno.lstatSync(world.path("mm_facts/machine.yaml"));
  strictEqual((info.mode ?? 0) & 0o777, 0o600);
  strictEqual((Deno.lstatSync(world.path("mm_facts")).mode ?? 0) & 0o777, 0o700);
  world.install("facts");
  strictEqual((await world.settle(list)).result, "unchanged");
  strictEqual(
    (await world.settle(envelope(["facts", { name: "other", match: "identity('^db')" }]))).result,
    "unchanged",
  ); // #53
});

Deno.test("TrustedSet.settle() repairs a manager that was changed, removed or replaced by a link", async () => {
  await using world = new SetWorld();
  const list = envelope(["facts"]);
  await world.settle(list);
  const path = world.path("mm_facts/machine.yaml");
  const good = Deno.readTextFileSync(path);
  const tamper = [
    () => Deno.writeTextFileSync(path, `${good}#`),
    () => Deno.removeSync(path),
    () => Deno.removeSync(world.path("mm_facts"), { recursive: true }),
    () => {
      Deno.removeSync(path);
      Deno.mkdirSync(path);
    },
    () => {
      Deno.removeSync(path);
      Deno.symlinkSync("/etc/hostname", path);
    },
    () => {
      Deno.removeSync(world.path("mm_facts"), { recursive: true });
      Deno.symlinkSync("/etc", world.path("mm_facts"));
    },
  ];
  for (const act of tamper) {
    act();
    deepStrictEqual((await world.settle(list)).written, ["facts"]);
    strictEqual(Deno.readTextFileSync(path), good);
    strictEqual(Deno.lstatSync(world.path("mm_facts")).isDirectory, true);
  }
  strictEqual(Deno.lstatSync("/etc/hostname").isFile, true);
});

Deno.test("TrustedSet.settle() replaces the manager when the list has another archive, keeping its data", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["facts"]));
  Deno.writeTextFileSync(world.path("mm_facts/machine_data.json"), "{}");
  const report = await world.settle(envelope([{ name: "facts", checksum: "ab".repeat(32) }]));
  deepStrictEqual(report.written, ["facts"]);
  strictEqual(Deno.readTextFileSync(world.path("mm_facts/machine_data.json")), "{}");
  const manifest = load(Deno.readTextFileSync(world.path("mm_facts/machine.yaml"))) as {
    watchers: { properties: { checksum: string } }[];
  };
  strictEqual(manifest.watchers[0]?.properties.checksum, "ab".repeat(32));
});

Deno.test("TrustedSet.settle() removes what is not in the list any more: manager first, then machine", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a", "b"]));
  world.install("a", "b");
  const report = await world.settle(envelope(["b"]));
  deepStrictEqual(brief(report), {
    result: "updated",
    code: undefined,
    written: [],
    removed: ["a"],
    machines: ["b true", "a false"],
  });
  deepStrictEqual(report.directories, ["mm_a", "a"]);
  deepStrictEqual(world.names(), ["b", "mm_b"]);
  deepStrictEqual(world.discarded, ["a"]);
  deepStrictEqual(world.neighbours.seen, ["hold mm_a", "hold a", "release a", "release mm_a"]);
  strictEqual((await world.settle(envelope(["b"]))).result, "unchanged");
});

Deno.test("TrustedSet.settle() removes nothing without purge", async () => {
  await using world = new SetWorld({ purge: false });
  await world.settle(envelope(["a", "b"]));
  const report = await world.settle(envelope(["b", { name: "a", match: "false" }]));
  deepStrictEqual([report.result, report.removed], ["unchanged", []]);
  strictEqual((await world.settle(envelope(["b"]))).result, "unchanged");
  deepStrictEqual(world.names(), ["mm_a", "mm_b"]);
});

Deno.test("TrustedSet.settle() removes nothing while there is no list or the newest is refused (#182, #183)", async () => {
  await using world = new SetWorld();
  const good = envelope(["a", "b"], { spec: { version: 2 } });
  await world.settle(good);
  const cases: [Parameters<typeof world.settle>[0], string][] = [
    [undefined, "spec_absent"],
    [envelope(["a"], { keys: [] }), "sig_missing"],
    [envelope(["a"], { keys: [key(2)] }), "sig_invalid"],
    [envelope(["a", "a"], { spec: { version: 3 } }), "name_duplicate"],
    [envelope(["a", "../x"], { spec: { version: 3 } }), "name"],
    [envelope(["a"], { spec: { version: 1 } }), "rollback"],
    [envelope(["a"], { spec: { version: 2 } }), "equivocation"],
    [envelope(["a"]), "version_missing"],
    [envelope(["a"], { spec: { version: 3, expires: "2026-11-22T11:59:59Z" } }), "expired"],
    [envelope(["a"], { spec: { version: 3, crit: ["waves"] } }), "crit_unsupported"],
  ];
  for (const [bad, code] of cases) {
    const report = await world.settle(bad);
    deepStrictEqual(brief(report), {
      result: "error",
      code,
      written: [],
      removed: [],
      machines: ["a true", "b true"],
    });
    strictEqual(report.spec?.version, 2);
    world.restart();
    deepStrictEqual((await world.settle(bad)).code, code, "after a restart");
    deepStrictEqual(world.names(), ["mm_a", "mm_b"]);
  }
  strictEqual((await world.settle(good)).result, "unchanged");
});

Deno.test("TrustedSet.settle() keeps managers whole from the last known good list, without a store", async () => {
  await using world = new SetWorld();
  await world.settle(envelope(["a"]));
  world.restart();
  Deno.removeSync(world.path("mm_a"), { recursive: true });
  const report = await world.settle(undefined);
  deepStrictEqual([report.code, report.written], ["spec_absent", ["a"]]);
});

Deno.test("TrustedSet.settleData() reads what the kv watcher stored, and reports what is wrong with it", async () => {
  await using world = new SetWorld();
  const signal = new AbortController().signal;
  const settle = async (value: unknown) => brief(await world.set.settleData(value, { signal }));
  deepStrictEqual(await settle(undefined), {
    result: "error",
    code: "spec_absent",
    written: [],
    removed: [],
    machines: [],
  });
  const codes: [unknown, string][] = [
    ["", "empty_value"],
    ["{", "envelope_json"],
    [[], "envelope_type"],
    [{ machines: "W1" }, "base64"],
    [{ Machines: "W10=" }, "key_case"],
    [{ machines: "W10=", signature: "00" }, "sig_format"],
  ];
  for (const [value, code] of codes) strictEqual((await settle(value)).code, code);
  const value = JSON.parse(new TextDecoder().decode(envelope(["a"]).bytes));
  deepStrictEqual((await settle(value)).written, ["a"]);
  strictEqual((await settle(value)).result, "unchanged");
  strictEqual((await settle(JSON.stringify(value))).result, "unchanged");
});

Deno.test("TrustedSet.settle() tells a refusal once, and again after it was good", async () => {
  await using world = new SetWorld();
  const bad = envelope(["a"], { keys: [] });
  for (const list of [bad, bad, envelope(["a"]), bad]) await world.settle(list);
  strictEqual(world.log.messages("warn").length, 2);
});

Deno.test("TrustedSet takes unsigned lists only when told so (#18)", async () => {
  await using world = new SetWorld({ keys: [], insecureUnsigned: true });
  const report = await world.settle(envelope(["a"], { keys: [] }));
  deepStrictEqual([report.written, report.spec?.verifiedBy], [["a"], undefined]);
});

Deno.test("TrustedSet.settle() rejects only when it is aborted", async () => {
  await using world = new SetWorld();
  const signal = AbortSignal.abort(new Error("enough"));
  await rejects(world.set.settle(envelope(["a"]), { signal }), /enough/);
});

Deno.test("TrustedSet.settle() neither writes nor verifies when nothing has changed", async () => {
  await using world = new SetWorld();
  const list = envelope(["a", "b"], { spec: { version: 1 } });
  await world.settle(list);
  const stamps = () =>
    [
      ".machinist/managed.json",
      ".machinist/manager/lkg.json",
      ".machinist/manager/trust.json",
      "tmp/.seal/manager.json",
      "mm_a/machine.yaml",
    ].map((name) => Deno.lstatSync(world.path(name)).ino);
  const before = stamps();
  for (let look = 0; look < 3; look++) await world.settle(list);
  deepStrictEqual(stamps(), before);
});

Deno.test("TrustedSet.settle() never shows a password (#85)", async () => {
  await using world = new SetWorld();
  const list = envelope([{ name: "a", username: "u", password: "canary-7" }]);
  const report = await world.settle(list);
  await world.settle(envelope([{ name: "a", username: "u", password: "canary-7\n" }]));
  strictEqual(JSON.stringify(report).includes("canary-7"), false);
  strictEqual(world.log.text().includes("canary-7"), false);
  match(Deno.readTextFileSync(world.path("mm_a/machine.yaml")), /canary-7/);
  strictEqual(
    Deno.readTextFileSync(world.path(".machinist/managed.json")).includes("canary-7"),
    false,
  );
});

Deno.test("TrustedSet is made without touching the disk", () => {
  const options = { owner: "manager", machines: "/nowhere", stateDirectory: "/nowhere/.machinist" };
  throws(() => new TrustedSet({ ...options, keys: [] } as never), TypeError);
});
