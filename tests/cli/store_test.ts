import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { Desk, entry } from "./desk.ts";
import { SEED } from "./seed.ts";

Deno.test("push and get carry the packed bytes through the store", async () => {
  await using desk = await Desk.open();
  deepStrictEqual(await desk.run(["push", "-"], SEED.packed), [
    1,
    "",
    'machinist: Cannot put "MACHINES/machines": the bucket does not exist [no_bucket]\n' +
    "hint: --create makes it, as machinist bucket does\n",
  ]);
  deepStrictEqual(await desk.run(["push", "-", "--create"], SEED.packed), [
    0,
    "MACHINES/machines revision 1\n",
    "",
  ]);
  deepStrictEqual(await desk.run(["get", "--raw"]), [0, SEED.packed, ""]);
  const [code, stdout] = await desk.run(["get", "--public-key", SEED.publicKey]);
  strictEqual(code, 0);
  match(stdout, /^MACHINES\/machines revision 1 of .*\nversion: {2}none stated\nverified: by 6403/);
  match(stdout, /\nNAME +CHECKSUM +MATCH +SOURCE\nfacts /);
});

Deno.test("push refuses what is not packed or not signed by the given key", async () => {
  await using desk = await Desk.open();
  await desk.run(["bucket"]);
  const key = "a09aa5f47a6759802ff955f8dc2d2a14a5c99d23be97f864127ff9383455a4f0";
  const cases: readonly [string, readonly string[], RegExp][] = [
    ["no json", [], /\[envelope_json\]/],
    ["{}", [], /\[machines_type\]/],
    [SEED.packed, ["--public-key", key], /\[sig_invalid\]/],
    ['{"machines":"W10="}', ["--public-key", key], /\[sig_missing\]/],
  ];
  for (const [input, more, why] of cases) {
    const [code, , stderr] = await desk.run(["push", "-", ...more], input);
    strictEqual(code, 1);
    match(stderr, why);
  }
  strictEqual((await desk.run(["push", "-", "--force"], "no json"))[0], 0);
});

Deno.test("get says what is not there, what nodes would refuse, and hides credentials", async () => {
  await using desk = await Desk.open();
  match((await desk.run(["get"]))[2], /\[no_bucket\]\nhint: machinist bucket makes it\n/);
  await desk.run(["bucket"]);
  match((await desk.run(["get"]))[2], /\[no_key\]/);
  await desk.publish([entry("facts")]);
  const [code, stdout] = await desk.run(["get", "--json"]);
  const document = JSON.parse(stdout);
  deepStrictEqual([code, document.verified, document.machines[0].name], [0, null, "facts"]);
  ok(!stdout.includes("secret"));
  await desk.run(["push", "-", "--force"], "broken");
  const [refused, page] = await desk.run(["get"]);
  strictEqual(refused, 1);
  match(page, /\nrefused: .* \[envelope_json\]\n/);
  strictEqual((await desk.run(["get", "--revision", "1"]))[0], 0);
});

Deno.test("history shows who signed what, and what changed", async () => {
  await using desk = await Desk.open();
  await desk.publish([entry("a"), entry("b")], "--create");
  await desk.publish([entry("a", "c"), entry("d")]);
  const [code, stdout] = await desk.run(["history", "--public-key", SEED.publicKey]);
  strictEqual(code, 0);
  match(stdout, /^REVISION +TIME +VERSION +SIGNER +CHANGES\n1 .* 64031219d4922eed +\+ a, \+ b\n/);
  match(stdout, /\n2 .* ~ a, \+ d, - b\n$/);
  const { revisions } = JSON.parse((await desk.run(["history", "--json"]))[1]);
  deepStrictEqual(revisions[1].difference, ["~ a", "+ d", "- b"]);
});

Deno.test("rollback puts an older list again, never an unsigned one", async () => {
  await using desk = await Desk.open();
  await desk.publish([entry("a")], "--create");
  const [, first] = await desk.run(["get", "--raw"]);
  await desk.publish([entry("b")]);
  deepStrictEqual(await desk.run(["rollback", "1"]), [
    0,
    "MACHINES/machines revision 3, the list of revision 1\n",
    "",
  ]);
  strictEqual((await desk.run(["get", "--raw"]))[1], first);
  await desk.run(["push", "-"], '{"machines":"W10="}');
  match((await desk.run(["rollback", "4"]))[2], /\[sig_missing\]/);
  match((await desk.run(["rollback", "9"]))[2], /\[no_key\]|it is not kept/);
  strictEqual((await desk.run(["rollback", "x"]))[0], 2);
});

Deno.test("rollback raises the version of a list that states one, and signs it", async () => {
  await using desk = await Desk.open();
  const spec = (version: number) => ({
    name: "_spec",
    source: "urn:x-spec",
    checksum: "0".repeat(64),
    verify_checksum: "0".repeat(64),
    match: "false",
    spec: { format: 1, version },
  });
  await desk.publish([spec(1), entry("a")], "--create");
  await desk.publish([spec(2), entry("b")]);
  match((await desk.run(["rollback", "1"]))[2], /\[rollback\]\nhint: --sign-key/);
  const [code] = await desk.run(["rollback", "1", "--sign-key", SEED.privateKey]);
  strictEqual(code, 0);
  const [, stdout] = await desk.run(["get", "--json", "--public-key", SEED.publicKey]);
  const { version, verified, machines } = JSON.parse(stdout);
  deepStrictEqual([version, verified, machines[0].name], [3, true, "a"]);
});

Deno.test("bucket makes the bucket once and says what it is", async () => {
  await using desk = await Desk.open();
  match((await desk.run(["bucket", "--history", "5"]))[1], /^bucket MACHINES created: history 5,/);
  match((await desk.run(["bucket"]))[1], /^bucket MACHINES exists: history 5,/);
  const { bucket, rights } = JSON.parse((await desk.run(["bucket", "--json"]))[1]);
  deepStrictEqual([bucket.name, rights], ["MACHINES", undefined]);
});
