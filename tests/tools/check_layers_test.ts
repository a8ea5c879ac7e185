import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { checkImport, importsOf, rings } from "../../tools/check_layers.ts";
import { LAYERS, layerTable } from "../../tools/layers.ts";

Deno.test("importsOf() finds static, re-exported, type-only, bare and dynamic imports", () => {
  const text = `
import { a } from "../util/a.ts";
import type { B } from "./b.ts";
import {
  c,
  type D,
} from "../ports/c.ts";
import "./effect.ts";
export { e } from "./e.ts";
export type { F } from "jsep";
export const g = "./not_an_import.ts";
// import { h } from "./comment.ts";
/**
 * import { i } from "./example.ts";
 */
const lazy = await import("./lazy.ts");
`;
  deepStrictEqual(
    importsOf("src/spec/x.ts", text).map(({ to, typeOnly }) => [to, typeOnly]),
    [
      ["src/util/a.ts", false],
      ["src/spec/b.ts", true],
      ["src/ports/c.ts", false],
      ["src/spec/effect.ts", false],
      ["src/spec/e.ts", false],
      ["jsep", true],
      ["src/spec/lazy.ts", false],
    ],
  );
});

const GOOD: readonly (readonly [from: string, to: string])[] = [
  ["src/spec/a.ts", "src/util/b.ts"],
  ["src/spec/a.ts", "src/spec/b.ts"],
  ["src/spec/a.ts", "node:crypto"],
  ["src/archive/a.ts", "node:zlib"],
  ["src/watchers/a.ts", "src/sets/b.ts"],
  ["src/worker/a.ts", "src/archive/b.ts"],
  ["src/agent/a.ts", "src/worker/b.ts"],
  ["src/cli/a.ts", "src/agent/b.ts"],
  ["src/nats/a.ts", "@nats-io/kv"],
  ["src/match/a.ts", "jsep"],
  ["src/deno/a.ts", "node:fs"],
  ["mod.ts", "src/agent/a.ts"],
  ["examples/a/main.ts", "mod.ts"],
  ["examples/a/main.ts", "examples/a/machine.ts"],
  ["tests/spec/a_test.ts", "src/nats/b.ts"],
];

const BAD: readonly (readonly [from: string, to: string])[] = [
  ["src/util/a.ts", "src/ports/b.ts"],
  ["src/ports/a.ts", "src/util/b.ts"],
  ["src/spec/a.ts", "src/ports/b.ts"],
  ["src/archive/a.ts", "src/spec/b.ts"],
  ["src/host/a.ts", "src/watchers/b.ts"],
  ["src/machine/a.ts", "src/watchers/b.ts"],
  ["src/deno/a.ts", "src/archive/b.ts"],
  ["src/worker/a.ts", "src/agent/b.ts"],
  ["src/agent/a.ts", "src/cli/b.ts"],
  ["src/spec/a.ts", "mod.ts"],
  ["src/spec/a.ts", "@nats-io/kv"],
  ["src/agent/a.ts", "commander"],
  ["src/spec/a.ts", "npm:jsep@1.6.0"],
  ["src/spec/a.ts", "https://deno.land/x/a.ts"],
  ["src/spec/a.ts", "node:fs"],
  ["src/watchers/a.ts", "src/machine/machine.ts"],
  ["examples/a/main.ts", "src/spec/a.ts"],
];

for (const [from, to] of GOOD) {
  Deno.test(`checkImport() accepts ${to} in ${from}`, () => {
    strictEqual(checkImport({ from, to, typeOnly: false }), undefined);
  });
}

for (const [from, to] of BAD) {
  Deno.test(`checkImport() refuses ${to} in ${from}`, () => {
    ok(checkImport({ from, to, typeOnly: false }) !== undefined);
  });
}

Deno.test("checkImport() refuses a type-only import across layers too", () => {
  ok(checkImport({ from: "src/util/a.ts", to: "src/spec/b.ts", typeOnly: true }) !== undefined);
});

Deno.test("rings() finds files that import each other, also through others", () => {
  const edge = (from: string, to: string) => ({ from, to, typeOnly: true });
  deepStrictEqual(rings([edge("a", "b"), edge("b", "c"), edge("a", "c")]), []);
  deepStrictEqual(rings([edge("a", "b"), edge("b", "c"), edge("c", "a")]), ["a -> b -> c -> a"]);
});

Deno.test("LAYERS has no way back", () => {
  const edges = Object.entries(LAYERS).flatMap(([from, targets]) =>
    targets.map((to) => ({ from, to, typeOnly: false }))
  );
  deepStrictEqual(rings(edges), []);
});

Deno.test("layerTable() stands in ARCHITECTURE.md as it is enforced", async () => {
  const page = await Deno.readTextFile(new URL("../../ARCHITECTURE.md", import.meta.url));
  ok(page.includes(layerTable()), `ARCHITECTURE.md should have:\n${layerTable()}`);
});
