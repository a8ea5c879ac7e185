import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { referenceReads } from "../support/reference_reader.ts";
import { Desk, entry } from "./desk.ts";
import { SEED } from "./seed.ts";

const LIST = JSON.stringify([entry("a")]);
const other = generateKeyPair();
const third = generateKeyPair();

/** The list in a packed file. */
function inside(packed: string) {
  return JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(JSON.parse(packed).machines)));
}

/** Its `_spec`, without the time of signing. */
function spec(packed: string): Record<string, unknown> {
  const { issued, ...rest } = inside(packed)[0].spec;
  ok(Math.abs(Date.parse(issued) - Date.now()) < 60_000);
  return rest;
}

Deno.test("pack makes the _spec element from its flags, first in the list", async () => {
  await using desk = await Desk.open();
  const packed = await desk.ok([
    ...["pack", "-", SEED.privateKey, "--spec-version", "42", "--expires", "30d"],
    ...["--channel", "prod", "--allow-purge", "x", "--allow-purge", "y", "--crit", "keys"],
    ...["--trust", SEED.publicKey, "--trust", other.publicKey, "--threshold", "1"],
    ...["--revoke", third.publicKey.toUpperCase()],
  ], LIST);
  const { expires, ...rest } = spec(packed);
  deepStrictEqual(rest, {
    format: 1,
    version: 42,
    channel: "prod",
    crit: ["keys"],
    allow_purge: ["x", "y"],
    keys: { threshold: 1, keys: [SEED.publicKey, other.publicKey] },
    revoked: [third.publicKey],
  });
  ok(Math.abs(Date.parse(String(expires)) - Date.now() - 30 * 86_400_000) < 60_000);
  deepStrictEqual(inside(packed).slice(1), JSON.parse(LIST));
  strictEqual((await desk.run(["verify", "-", SEED.publicKey], packed))[0], 0);
});

Deno.test("pack counts on from the store, where a known key has signed", async () => {
  await using desk = await Desk.open();
  const next = ["pack", "-", SEED.privateKey, "--spec-version", "next"];
  for (const version of [1, 2]) {
    const packed = await desk.ok(next, LIST);
    strictEqual(spec(packed)["version"], version);
    await desk.ok(["push", "-", "--create", "--public-key", SEED.publicKey], packed);
  }
  strictEqual(
    spec(await desk.ok(next, JSON.stringify(inside(await desk.ok(next, LIST)))))["version"],
    4,
  );
  // Whoever can write to the store must not choose the highest version of all.
  const theirs = ["pack", "-", other.privateKey, "--spec-version", "281474976710655"];
  await desk.ok(["push", "-"], await desk.ok(theirs, LIST));
  strictEqual(spec(await desk.ok(next, LIST))["version"], 3);
  match(
    (await desk.run(["pack", "-", third.privateKey, "--spec-version", "next"], LIST))[2],
    /Cannot count on from key "machines": .*\[sig_invalid\]\nhint: --public-key names who signed it/,
  );
  const handed = ["pack", "-", third.privateKey, "--spec-version", "next"];
  const known = await desk.ok([...handed, "--public-key", SEED.publicKey], LIST);
  strictEqual(spec(known)["version"], 3);
});

Deno.test("pack counts on from a file with --previous", async () => {
  await using desk = await Desk.open();
  const previous = `${desk.path}/previous.json`;
  const next = ["pack", "-", SEED.privateKey, "--spec-version", "next", "--previous", previous];
  await Deno.writeTextFile(previous, SEED.packed);
  strictEqual(spec(await desk.ok(next, LIST))["version"], 1);
  await Deno.writeTextFile(previous, await desk.ok([...next.slice(0, 4), "9"], LIST));
  strictEqual(spec(await desk.ok(next, LIST))["version"], 10);
  await Deno.writeTextFile(
    previous,
    await desk.ok(["pack", "-", other.privateKey, "--spec-version", "9"], LIST),
  );
  match((await desk.run(next, LIST))[2], /Cannot count on from file ".*\[sig_invalid\]/);
});

Deno.test("pack brings the _spec element of the file up to date", async () => {
  await using desk = await Desk.open();
  const first = await desk.ok(
    ["pack", "-", "--force", "--spec-version", "7", "--channel", "x"],
    LIST,
  );
  const second = await desk.ok(
    ["pack", "-", "--force", "--expires", "2099-01-01T00:00:00Z"],
    JSON.stringify(inside(first)),
  );
  deepStrictEqual(spec(second), {
    format: 1,
    version: 7,
    expires: "2099-01-01T00:00:00Z",
    channel: "x",
  });
});

const REFUSED: readonly [string, readonly string[], number, RegExp][] = [
  ["a version that is no number", ["--spec-version", "x"], 2, /not a whole number/],
  ["a version above the limit", ["--spec-version", "281474976710657"], 1, /\[version_limit\]/],
  ["an expiry in the past", ["--expires", "2020-01-01T00:00:00Z"], 1, /\[expired\]\nhint: --exp/],
  ["an expiry that is no day", ["--expires", "2099-02-31T00:00:00Z"], 1, /\[spec_entry\]/],
  ["an expiry that is nothing", ["--expires", "soon"], 2, /neither a duration/],
  ["an expiry of no time", ["--expires", "0s"], 2, /neither a duration/],
  ["what no node knows", ["--crit", "waves"], 1, /\[crit_unsupported\]/],
  ["a threshold without keys", ["--threshold", "2"], 1, /names no keys \[threshold\]/],
  [
    "a threshold above the keys",
    ["--trust", SEED.publicKey, "--threshold", "2"],
    1,
    /not between 1 and 1 \[number\]/,
  ],
  ["a weak key", ["--trust", "00".repeat(32)], 1, /\[key_weak\]/],
  ["a private key", ["--trust", other.privateKey], 1, /\[key_private\]/],
  ["a private key to revoke", ["--revoke", other.privateKey], 2, /private key/],
  ["--previous without next", ["--previous", "x"], 2, /goes with --spec-version next/],
  ["--sign with a change", ["--sign", "--channel", "x"], 2, /would void what is signed/],
];

for (const [name, flags, exit, why] of REFUSED) {
  Deno.test(`pack refuses ${name}`, async () => {
    await using desk = await Desk.open();
    const [code, stdout, stderr] = await desk.run(["pack", "-", SEED.privateKey, ...flags], LIST);
    deepStrictEqual([code, stdout], [exit, ""]);
    match(stderr, why);
    ok(!stderr.includes(other.privateKey));
  });
}

Deno.test("pack --sign adds a signature and keeps the list byte for byte", async () => {
  await using desk = await Desk.open();
  const flags = ["--trust", SEED.publicKey, "--trust", other.publicKey, "--threshold", "2"];
  const [code, first, note] = await desk.run(["pack", "-", SEED.privateKey, ...flags], LIST);
  deepStrictEqual([code, note], [
    0,
    "Signed by 1 of the 2 that its keys need: machinist pack --sign adds a signature\n",
  ]);
  const check = ["verify", "-", SEED.publicKey, other.publicKey, "--threshold", "2"];
  strictEqual((await desk.run(check, first))[0], 1);
  const [, second, silent] = await desk.run(["pack", "--sign", "-", other.privateKey], first);
  strictEqual(silent, "");
  strictEqual((await desk.run(check, second))[0], 0);
  strictEqual(JSON.parse(second).machines, JSON.parse(first).machines);
  strictEqual(JSON.parse(second).signature, JSON.parse(first).signature);
  strictEqual(await desk.ok(["pack", "--sign", "-", other.privateKey], second), second);
  match((await desk.run(["pack", "--sign", "-"], first))[2], /no private key was given/);
  match(
    (await desk.run(["pack", "--sign", "-", other.privateKey], LIST))[2],
    /\[envelope_type\]/,
  );
  const bad = await desk.ok(["pack", "-", SEED.privateKey, "--no-lint"], "{}");
  match((await desk.run(["pack", "--sign", "-", other.privateKey], bad))[2], /\[payload_type\]/);
});

Deno.test("pack makes a list with version and expiry, signed twice, that the reference reads", async () => {
  await using desk = await Desk.open();
  const flags = ["--spec-version", "1", "--expires", "30d", "--trust", other.publicKey];
  const once = await desk.ok(["pack", "-", SEED.privateKey, ...flags], LIST);
  const twice = await desk.ok(["pack", "--sign", "-", other.privateKey], once);
  const machines = referenceReads(twice, SEED.publicKey);
  deepStrictEqual(machines.map((machine) => [machine.get("name"), machine.get("match")]), [
    ["_spec", "false"],
    ["a", undefined],
  ]);
});

Deno.test("verify --show and get say what the list says about itself", async () => {
  await using desk = await Desk.open();
  const packed = await desk.ok([
    ...["pack", "-", SEED.privateKey, "--spec-version", "3", "--expires", "29d"],
    ...["--channel", "pro\u009bd", "--trust", SEED.publicKey, "--trust", other.publicKey],
    ...["--revoke", third.publicKey, "--allow-purge", "*"],
  ], LIST);
  const shown = await desk.ok(["verify", "-", SEED.publicKey, "--show"], packed);
  const lines = [
    /^Data file - is signed using .*\nversion: {2}3\nissued: {3}\d{4}-.*Z\n/,
    /\nexpires: {2}.*Z \(within 30 days: sign a new edition\)\nchannel: {2}pro\?d\n/,
    /\nmay go: {3}anything, with version 3\n/,
    new RegExp(`\nkeys: {5}${SEED.publicKey} has signed\n {10}${other.publicKey} has not signed\n`),
    new RegExp(
      `\nneeded: {3}1 of 2\nrevoked: {2}${third.publicKey}\nsigned: {3}1 signature\n\n\\[`,
    ),
  ];
  for (const line of lines) match(shown, line);
  const document = JSON.parse(
    await desk.ok(["verify", "-", SEED.publicKey, "--show", "--json"], packed),
  );
  const { issued, expires, ...rest } = document.spec;
  ok(Date.parse(issued) < Date.parse(expires));
  deepStrictEqual(rest, {
    version: 3,
    expiry: "expires_within_30d",
    channel: "pro\u009bd",
    crit: [],
    allow_purge: 3,
    keys: {
      threshold: 1,
      keys: [SEED.publicKey, other.publicKey],
      signed: [SEED.publicKey],
    },
    revoked: [third.publicKey],
    signatures: 1,
  });
  await desk.ok(["push", "-", "--create"], packed);
  const page = await desk.ok(["get", "--public-key", SEED.publicKey]);
  match(page, /\nversion: {2}3\nverified: by 6403.*\nissued: .*\nexpires: .*within 30 days/);
  const got = JSON.parse(await desk.ok(["get", "--json"]));
  deepStrictEqual(got.spec, document.spec);
  await desk.ok(["push", "-", "--force"], SEED.packed);
  strictEqual(JSON.parse(await desk.ok(["get", "--json"])).spec, null);
});

Deno.test("verify --show says that a list has expired", async () => {
  await using desk = await Desk.open();
  const flags = ["--no-lint", "--expires", "2020-01-01T00:00:00Z"];
  const packed = await desk.ok(["pack", "-", SEED.privateKey, ...flags], LIST);
  const shown = await desk.ok(["verify", "-", SEED.publicKey, "--show"], packed);
  match(shown, /\nexpires: {2}2020-01-01T00:00:00Z \(EXPIRED: /);
});
