import { deepStrictEqual } from "node:assert/strict";
import { coverageOf } from "../../tools/lcov.ts";

Deno.test("coverageOf() adds records of one file up and counts files without a record as not covered", () => {
  const lcov = [
    "SF:/here/src/a.ts\nDA:1,1\nDA:2,0\nend_of_record",
    "SF:/here/src/a.ts\nDA:2,1\nDA:3,0\nend_of_record",
    "SF:/here/tests/x_test.ts\nDA:1,1\nend_of_record",
  ].join("\n");
  const sources = new Map([
    ["src/a.ts", "1\n2\n3\n"],
    ["src/forgotten.ts", "/** Says.\n * more */\nexport function a() {\n  return 1;\n}\n"],
    ["src/types.ts", "/** Says. */\nexport interface A {\n  readonly b: string;\n}\n"],
  ]);
  deepStrictEqual(coverageOf(lcov, { root: "/here/", sources }), [
    { path: "src/a.ts", hit: 2, found: 3 },
    { path: "src/forgotten.ts", hit: 0, found: 3 },
    { path: "src/types.ts", hit: 0, found: 0 },
  ]);
});
