import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { Desk, entry } from "./desk.ts";
import { SEED } from "./seed.ts";

const other = generateKeyPair();
const LIST = JSON.stringify([entry("a")]);
const OTHER_LIST = JSON.stringify([entry("b")]);
const TRUSTED = ["--public-key", SEED.publicKey];

/** A desk whose store holds version 5, and a packed list. */
async function desk(...flags: readonly string[]) {
  const made = await Desk.open();
  const packed = await made.ok(
    ["pack", "-", SEED.privateKey, "--spec-version", "5", ...flags],
    LIST,
  );
  await made.ok(["push", "-", "--create", ...TRUSTED], packed);
  return made;
}

const CASES: readonly [string, readonly string[], string, RegExp | undefined][] = [
  [
    "an older version (#54)",
    ["--spec-version", "4"],
    LIST,
    /older than the accepted 5 \[rollback\]/,
  ],
  [
    "other content under the same version (#55)",
    ["--spec-version", "5"],
    OTHER_LIST,
    /\[equivocation\]/,
  ],
  ["a list without a version (#57)", [], LIST, /\[version_missing\]/],
  [
    "an expired list (#58)",
    ["--spec-version", "6", "--no-lint", "--expires", "2020-01-01T00:00:00Z"],
    LIST,
    /\[expired\]/,
  ],
  [
    "keys that have not signed (#62)",
    ["--spec-version", "6", "--trust", other.publicKey],
    LIST,
    /\[rotation\]/,
  ],
  [
    "what nodes cannot read",
    ["--spec-version", "6", "--no-lint", "--crit", "x"],
    LIST,
    /\[crit_unsupported\]/,
  ],
  ["nothing in a newer version", ["--spec-version", "6"], LIST, undefined],
];

for (const [what, flags, list, why] of CASES) {
  Deno.test(`push with a public key refuses ${what}`, async () => {
    await using made = await desk();
    const packed = await made.ok(["pack", "-", SEED.privateKey, ...flags], list);
    const [code, stdout, stderr] = await made.run(["push", "-", ...TRUSTED], packed);
    if (why === undefined) {
      deepStrictEqual([code, stderr], [0, ""]);
      return;
    }
    deepStrictEqual([code, stdout], [1, ""]);
    match(stderr, /^machinist: Cannot publish list: nodes would refuse it: /);
    match(stderr, why);
    // Whoever has reasons, such as an override on the nodes, may all the same.
    strictEqual((await made.run(["push", "-", "--force", ...TRUSTED], packed))[0], 0);
  });
}

Deno.test("push says how to get past an older version", async () => {
  await using made = await desk();
  const packed = await made.ok(["pack", "-", SEED.privateKey, "--spec-version", "4"], LIST);
  const [, , stderr] = await made.run(["push", "-", ...TRUSTED], packed);
  match(stderr, /\nhint: pack it with --spec-version next; --force puts it all the same\n$/);
  strictEqual((await made.run(["push", "-"], packed))[0], 0);
});

Deno.test("push holds nothing against what nobody trusted has signed", async () => {
  await using made = await desk();
  const theirs = ["pack", "-", other.privateKey, "--spec-version", "99"];
  await made.ok(["push", "-"], await made.ok(theirs, LIST));
  const packed = await made.ok(["pack", "-", SEED.privateKey, "--spec-version", "6"], LIST);
  strictEqual((await made.run(["push", "-", ...TRUSTED], packed))[0], 0);
});

Deno.test("push asks for the keys that the store's list has handed over to (#62, #63)", async () => {
  await using made = await desk("--trust", SEED.publicKey, "--trust", other.publicKey);
  const both = ["--public-key", other.publicKey, ...TRUSTED];
  const hand = ["--trust", other.publicKey, "--trust", SEED.publicKey, "--threshold", "2"];
  const six = ["pack", "-", SEED.privateKey, other.privateKey, "--spec-version", "6", ...hand];
  await made.ok(["push", "-", ...both], await made.ok(six, LIST));
  const one = ["pack", "-", SEED.privateKey, "--spec-version", "7"];
  const packed = await made.ok(one, LIST);
  match((await made.run(["push", "-", ...both], packed))[2], /1 of 2 needed keys .*\[threshold\]/);
  const signed = await made.ok(["pack", "--sign", "-", other.privateKey], packed);
  strictEqual((await made.run(["push", "-", ...both], signed))[0], 0);
});
