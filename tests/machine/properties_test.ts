import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import {
  anything,
  duration,
  flag,
  integer,
  mapping,
  oneOf,
  table,
  text,
  texts,
} from "../../src/machine/field.ts";
import { readProperties } from "../../src/machine/properties.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";

Deno.test("readProperties() gives defaults for what is absent or null", () => {
  const schema = {
    name: text(),
    mode: oneOf("poll", "watch").default("poll"),
    bucket_prefix: flag().default(true),
    count: integer().default(3),
    timeout: duration().default(1_000),
    environment: texts().default([]),
  };
  const expected = {
    name: undefined,
    mode: "poll",
    bucket_prefix: true,
    count: 3,
    timeout: 1_000,
    environment: [],
  };
  deepStrictEqual(readProperties({}, schema), expected);
  deepStrictEqual(readProperties({ name: null, mode: null, count: null }, schema), expected);
});

Deno.test("readProperties() reads weakly, as the reference does", () => {
  const one = (field: ReturnType<typeof anything>, value: unknown) =>
    readProperties({ p: value }, { p: field }).p;
  const cases: [ReturnType<typeof anything>, unknown, unknown][] = [
    [text(), "x", "x"],
    [text(), 1.5, "1.5"],
    [text(), true, "1"],
    [flag(), "true", true],
    [flag(), "T", true],
    [flag(), "0", false],
    [flag(), "", false],
    [flag(), 7, true],
    [integer(), "10", 10],
    [integer(), true, 1],
    [integer(), 1.9, 1],
    [duration(), "1h30m", 5_400_000],
    [duration(), 5_000_000_000, 5_000],
    [texts(), "a", ["a"]],
    [texts(), ["a", 1], ["a", "1"]],
    [texts(), {}, []],
    [table(), { a: 1 }, { a: "1" }],
    [table(), [{ a: "1" }, { b: "2" }], { a: "1", b: "2" }],
    [mapping(), { a: { b: 1 } }, { a: { b: 1 } }],
    [anything(), [1, { a: null }], [1, { a: null }]],
  ];
  for (const [field, value, expected] of cases) deepStrictEqual(one(field, value), expected);
});

Deno.test("readProperties() refuses what the reference refuses, naming the property", () => {
  const cases: [ReturnType<typeof anything>, unknown, RegExp][] = [
    [text(), { a: 1 }, /"p": it is a mapping, not text/],
    [text(), ["a"], /"p": it is a list, not text/],
    [flag(), "yes", /"p": it is "yes", not a boolean/],
    [flag(), [], /not a boolean/],
    [integer(), "10s", /not a whole number/],
    [integer(), 1e30, /too large/],
    [duration(), "1d", /"p": it is "1d", not a duration/],
    [duration(), true, /not a duration/],
    [texts(), [["a"]], /not text/],
    [mapping(), "x", /"p": it is text, not a mapping/],
    [oneOf("a", "b"), "c", /"p": it is "c", not one of "a", "b"/],
    [text().required(), "", /"p": p is required/],
    [text().required(), undefined, /"p": p is required/],
    [duration().check((ms) => ms < 1_000 ? "it is too small" : undefined), "1ms", /too small/],
  ];
  for (const [field, value, message] of cases) {
    throws(() => readProperties({ p: value }, { p: field }), message);
  }
  throws(() => readProperties({ p: "c" }, { p: oneOf("a") }), RangeError);
  throws(() => readProperties({ p: [] }, { p: text() }), TypeError);
});

Deno.test("readProperties() matches names whatever their case, the exact one first", () => {
  const schema = { data_item: text() };
  strictEqual(readProperties({ Data_Item: "x" }, schema).data_item, "x");
  strictEqual(readProperties({ DATA_ITEM: "x", data_item: "y" }, schema).data_item, "y");
  strictEqual(readProperties({ dataitem: "x" }, schema).data_item, undefined);
});

Deno.test("readProperties() takes aliases, the first name first", () => {
  const schema = { machine_manage_interval: duration().alias("machinemanageinterval") };
  strictEqual(
    readProperties({ MachineManageInterval: "1m" }, schema).machine_manage_interval,
    60_000,
  );
  const both = { machine_manage_interval: "2m", machinemanageinterval: "1m" };
  strictEqual(readProperties(both, schema).machine_manage_interval, 120_000);
});

Deno.test("readProperties() warns of properties that nobody reads", () => {
  const log = new MemoryLog();
  readProperties({ a: 1, b: 2 }, { a: integer() }, { log });
  deepStrictEqual(log.entries.map((entry) => [entry.level, entry.fields]), [
    ["warn", { property: "b" }],
  ]);
});

Deno.test("readProperties() keeps inherited names apart", () => {
  strictEqual(readProperties({}, { constructor: text() }).constructor, undefined);
});
