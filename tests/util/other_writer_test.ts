import { strictEqual } from "node:assert/strict";
import { otherReplacer, otherWriter } from "../../src/util/other_writer.ts";

const US = 1000;

const CASES: readonly [string, readonly [mode: number, uid: number, gid: number], RegExp | null][] =
  [
    ["ours alone", [0o700, US, US], null],
    ["ours, read by all", [0o755, US, 50], null],
    ["ours, with a private group (umask 002)", [0o775, US, US], null],
    ["ours, with a shared group", [0o775, US, 50], /^group 50 may write it$/],
    ["ours, open to all", [0o757, US, US], /^everybody may write it$/],
    ["ours, open to all, sticky", [0o1777, US, US], /^everybody may write it$/],
    ["root's", [0o755, 0, 0], null],
    ["root's, written by root's group", [0o775, 0, 0], /^group 0 may write it$/],
    ["another one's", [0o755, 1001, 1001], /^it belongs to user 1001$/],
  ];

for (const [what, [mode, uid, gid], wanted] of CASES) {
  Deno.test(`otherWriter() knows who may write what is ${what} (M10)`, () => {
    const writer = otherWriter({ mode, uid, gid }, US);
    strictEqual(wanted === null ? writer === undefined : wanted.test(writer ?? ""), true, writer);
  });
}

Deno.test("otherWriter() asks for no owner when nobody knows who we are", () => {
  strictEqual(otherWriter({ mode: 0o755, uid: 1001, gid: 50 }, undefined), undefined);
  strictEqual(otherWriter({ mode: 0o757, uid: 1001, gid: 50 }, undefined) === undefined, false);
});

Deno.test("otherReplacer() takes a sticky directory for a safe place, unless it is another one's", () => {
  strictEqual(otherReplacer({ mode: 0o1777, uid: 0, gid: 0 }, US), undefined);
  strictEqual(otherReplacer({ mode: 0o777, uid: 0, gid: 0 }, US), "everybody may write it");
  strictEqual(
    otherReplacer({ mode: 0o1777, uid: 1001, gid: 0 }, US),
    "it belongs to user 1001",
  );
});
