import { strictEqual, throws } from "node:assert/strict";
import { goPrint } from "../../src/util/go_print.ts";

Deno.test("goPrint() prints as Go's templates do", () => {
  const cases: readonly [unknown, string][] = [
    ["text", "text"],
    ["", ""],
    [1, "1"],
    [0, "0"],
    [-0, "-0"],
    [-1.5, "-1.5"],
    [0.1, "0.1"],
    [100000, "100000"],
    [999999, "999999"],
    [1000000, "1e+06"],
    [1234567, "1.234567e+06"],
    [123456.789, "123456.789"],
    [356136738, "3.56136738e+08"],
    [1e21, "1e+21"],
    [1e100, "1e+100"],
    [0.0001, "0.0001"],
    [0.00001, "1e-05"],
    [-2.5e-7, "-2.5e-07"],
    [5e-324, "5e-324"],
    [NaN, "NaN"],
    [Infinity, "+Inf"],
    [-Infinity, "-Inf"],
    [1000000n, "1000000"],
    [true, "true"],
    [null, "<no value>"],
    [undefined, "<no value>"],
    [[1, "a", null, true], "[1 a <nil> true]"],
    [[], "[]"],
    [{}, "map[]"],
    [{ b: 1, a: [2, { c: null }] }, "map[a:[2 map[c:<nil>]] b:1]"],
  ];
  for (const [value, wanted] of cases) strictEqual(goPrint(value), wanted);
});

Deno.test("goPrint() refuses values that are nested too deep", () => {
  const nested = (levels: number) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  strictEqual(goPrint(nested(101)).length, 202);
  throws(() => goPrint(nested(102)), RangeError);
  throws(() => goPrint(nested(5_000)), RangeError);
});
