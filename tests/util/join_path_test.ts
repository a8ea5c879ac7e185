import { strictEqual, throws } from "node:assert/strict";
import { confine, escapeReason } from "../../src/util/confine.ts";
import { baseName, joinPath, parentPath } from "../../src/util/join_path.ts";

Deno.test("joinPath() puts one slash between parts and leaves out empty ones", () => {
  strictEqual(joinPath("/a", "b", "c/d"), "/a/b/c/d");
  strictEqual(joinPath("/a/", "/b"), "/a/b");
  strictEqual(joinPath("", "a", ""), "a");
  strictEqual(joinPath(), "");
  strictEqual(joinPath("/", "a"), "/a");
  strictEqual(joinPath("a", "..", "b"), "a/../b");
});

Deno.test("parentPath() and baseName() split at the last slash", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["/a/b", "/a", "b"],
    ["/a", "/", "a"],
    ["a", ".", "a"],
    ["a/b/", "a/b", ""],
  ];
  for (const [path, parent, base] of cases) {
    strictEqual(parentPath(path), parent);
    strictEqual(baseName(path), base);
  }
});

Deno.test("confine() keeps what stays below the root", () => {
  strictEqual(confine("/m", "a/b"), "/m/a/b");
  strictEqual(confine("/m/", "a..b/.c"), "/m/a..b/.c");
});

const escapes = [
  "",
  "/a",
  "../a",
  "a/..",
  "a/../b",
  ".",
  "./a",
  "a//b",
  "a/",
  "a\\b",
  "a\nb",
  "a\0",
  "a\x7f",
];
for (const path of escapes) {
  Deno.test(`confine() refuses ${JSON.stringify(path)}`, () => {
    throws(() => confine("/m", path), RangeError);
    strictEqual(typeof escapeReason(path), "string");
  });
}
