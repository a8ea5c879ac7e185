import { deepStrictEqual as equal, throws } from "node:assert/strict";
import fc from "fast-check";
import { checkLookupPath, lookup } from "../../src/util/lookup.ts";

const FACTS = JSON.parse(`{
  "name": {"first": "Tom", "last": "Anderson"},
  "age": 37,
  "nothing": null,
  "zero": 0,
  "empty": "",
  "children": ["Sara", "Alex", "Jack"],
  "fav.movie": "Deer Hunter",
  "we|ird": 1, "@at": 2, "{b": 3, "a\\\\b": 4, "st*r": 5, "": 6, "#": 7,
  "1": "one",
  "friends": [
    {"first": "Dale", "age": 44, "nets": ["ig", "fb"]},
    {"first": "Roger", "age": 68, "nets": ["fb"]},
    {"last": "Nameless"}
  ],
  "matrix": [[1, 2], [3]],
  "none": [],
  "__proto__": {"own": 1}
}`);

const MISSING = Symbol("missing");

const CASES: readonly [string, unknown][] = [
  ["name.last", "Anderson"],
  ["age", 37],
  ["nothing", null],
  ["nothing.x", MISSING],
  ["zero", 0],
  ["empty", ""],
  ["children", ["Sara", "Alex", "Jack"]],
  ["children.#", 3],
  ["children.1", "Alex"],
  ["children.3", MISSING],
  ["children.-1", MISSING],
  ["children.x", MISSING],
  ["children.*", MISSING],
  ["child*.2", "Jack"],
  ["c?ildren.0", "Sara"],
  ["c?hildren.0", MISSING],
  // JavaScript puts names that are whole numbers first.
  ["*", "one"],
  ["n*.l*t", "Anderson"],
  ["fav\\.movie", "Deer Hunter"],
  ["fav.movie", MISSING],
  ["fav*movie", "Deer Hunter"],
  ["we\\|ird", 1],
  ["\\@at", 2],
  ["\\{b", 3],
  ["a\\\\b", 4],
  ["st\\*r", 5],
  ["", 6],
  ["#", 7],
  ["1", "one"],
  ["friends.#.first", ["Dale", "Roger"]],
  ["friends.#.nets.#", [2, 1]],
  ["friends.#.nets.0", ["ig", "fb"]],
  ["friends.#.nope", []],
  ["friends.1.first", "Roger"],
  ["friends.#", 3],
  ["matrix.#.#", [2, 1]],
  ["matrix.0.1", 2],
  ["none.#", 0],
  ["none.#.x", []],
  ["name.first.x", MISSING],
  ["age.x", MISSING],
  ["nope", MISSING],
  ["name.", MISSING],
  [".name", MISSING],
  // #46: own properties only
  ["constructor", MISSING],
  ["toString", MISSING],
  ["name.hasOwnProperty", MISSING],
  ["children.length", MISSING],
  ["__proto__.own", 1],
  ["name.__proto__", MISSING],
];

Deno.test("lookup() follows gjson's paths over own properties only (#46)", () => {
  for (const [path, wanted] of CASES) {
    const found = lookup(FACTS, path);
    equal([path, found.found ? found.value : MISSING], [path, wanted]);
  }
  for (const value of [undefined, null, 1, "text", true]) equal(lookup(value, "a").found, false);
});

Deno.test("lookup() refuses what it leaves out of gjson", () => {
  const paths = [
    "friends.#(age>1)",
    "friends.#(age>1)#",
    "friends.#[age>1]",
    "@this",
    "name.@keys",
    "a|b",
    "children|@reverse",
    "{name.first,age}",
    "[age]",
    "name.{first}",
    '!"x"',
    "a\\",
    "a".repeat(5000),
    "a.".repeat(100),
  ];
  for (const path of paths) {
    throws(() => lookup(FACTS, path), SyntaxError, path);
    throws(() => checkLookupPath(path), SyntaxError, path);
  }
  checkLookupPath("friends.#.first");
});

Deno.test("lookup() bounds wildcards", () => {
  const facts = { ["a".repeat(5000)]: 1 };
  const started = performance.now();
  equal(lookup(facts, `${"*a".repeat(1000)}b`).found, false);
  equal(performance.now() - started < 1000, true);
});

Deno.test("lookup() finds each key that is escaped", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 20 }), (key) => {
      const facts = JSON.parse(`{${JSON.stringify(key)}:1}`);
      const path = key.replaceAll(/[\\.*?|#@!{}[\]]/g, "\\$&");
      equal(lookup(facts, path), { found: true, value: 1 });
    }),
    { seed: 3, numRuns: 1000 },
  );
});
