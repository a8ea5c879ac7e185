import { strictEqual } from "node:assert/strict";
import { jsonEqual } from "../../src/util/json_equal.ts";

Deno.test("jsonEqual() compares JSON values", () => {
  const cases: [unknown, unknown, boolean][] = [
    [1, 1, true],
    [1, "1", false],
    [null, {}, false],
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
    [{ a: undefined }, {}, true],
    [{ a: 1 }, { b: 1 }, false],
    [[1], { 0: 1 }, false],
    [[1, 2], [1], false],
    [{}, [], false],
  ];
  for (const [left, right, equal] of cases) {
    strictEqual(jsonEqual(left, right), equal, `${JSON.stringify([left, right])}`);
  }
});
