import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { checkFile, checkMirror, summary } from "../../tools/check_sizes.ts";

const lines = (count: number) => "// line\n".repeat(count);

const GOOD: readonly (readonly [path: string, text: string])[] = [
  ["src/spec/verify.ts", lines(300)],
  ["tests/spec/verify_test.ts", lines(400)],
  ["mod.ts", lines(10)],
  ["src/agent/watcher_types.ts", lines(1)],
  ["src/spec/v2.ts", "// deno-lint-ignore no-eval -- there is a reason\n"],
];

const BAD: readonly (readonly [path: string, text: string])[] = [
  ["src/spec/verify.ts", lines(301)],
  ["tests/spec/verify_test.ts", lines(401)],
  ["src/spec/publicKey.ts", lines(1)],
  ["src/spec/public-key.ts", lines(1)],
  ["src/spec/utils.ts", lines(1)],
  ["src/spec/spec_helpers.ts", lines(1)],
  ["src/spec/types.ts", lines(1)],
  ["src/spec/index.ts", lines(1)],
  ["src/Spec/verify.ts", lines(1)],
  ["src/spec/a.ts", "// deno-lint-ignore no-eval\n"],
  ["src/spec/a.ts", "// @ts-expect-error\n"],
  ["src/spec/a.ts", "// deno-coverage-ignore-next -- whatever the reason\n"],
];

for (const [path, text] of GOOD) {
  Deno.test(`checkFile() accepts ${path} of ${text.length} bytes`, () => {
    deepStrictEqual(checkFile(path, text), []);
  });
}

for (const [path, text] of BAD) {
  Deno.test(`checkFile() refuses ${path} of ${text.length} bytes`, () => {
    ok(checkFile(path, text).length > 0);
  });
}

Deno.test("checkMirror() wants a unit test to stand where its sources stand", () => {
  const sources = ["src/spec/verify.ts", "src/cli/commands/keys.ts"];
  const complaints = (path: string, text = "") =>
    checkMirror(new Map([...sources.map((source) => [source, ""] as const), [path, text]])).length;
  const good = [
    "tests/spec/verify_test.ts",
    "tests/spec/verify_wycheproof_test.ts",
    "tests/cli/keys_test.ts",
    "tests/cli/commands/keys_test.ts",
    "tests/e2e/anything_test.ts",
    "tests/docs_test.ts",
    "tests/spec/fixture.ts",
  ];
  deepStrictEqual(good.filter((path) => complaints(path) > 0), []);
  strictEqual(complaints("tests/spec/rotation_test.ts", 'from "../../src/spec/verify.ts"'), 0);
  strictEqual(complaints("tests/spec/rotation_test.ts", 'from "./fixture.ts"'), 0);
  strictEqual(complaints("tests/spec/rotation_test.ts", 'from "../../src/sets/plan.ts"'), 1);
  strictEqual(complaints("tests/spec/other_test.ts"), 1);
  strictEqual(complaints("tests/machine/verify_test.ts"), 1);
});

Deno.test("summary() tells median, p90 and the largest", () => {
  strictEqual(
    summary([3, 1, 2, 10]),
    "4 source files: median 3 lines, p90 10, largest 10",
  );
});
