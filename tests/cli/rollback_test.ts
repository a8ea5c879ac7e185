import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { Desk, entry } from "./desk.ts";
import { SEED } from "./seed.ts";

const DAY = 86_400_000;
const other = generateKeyPair();
const third = generateKeyPair();
const KEY = ["--sign-key", SEED.privateKey];

/** Packs and pushes `name` as `version`. */
async function publish(
  desk: Desk,
  name: string,
  version: number,
  { flags = [], keys = [SEED.privateKey] }: {
    readonly flags?: readonly string[];
    readonly keys?: readonly string[];
  } = {},
): Promise<void> {
  const pack = ["pack", "-", ...keys, "--spec-version", String(version), ...flags];
  await desk.ok(["push", "-", "--create"], await desk.ok(pack, JSON.stringify([entry(name)])));
}

async function get(desk: Desk, key: string = SEED.publicKey) {
  return JSON.parse(await desk.ok(["get", "--json", "--public-key", key]));
}

Deno.test("rollback gives the old list a version above all others, for as long as it was meant", async () => {
  await using desk = await Desk.open();
  await publish(desk, "a", 3, { flags: ["--expires", "40d", "--channel", "prod"] });
  await publish(desk, "b", 9);
  strictEqual(
    await desk.ok(["rollback", "1", ...KEY]),
    "MACHINES/machines revision 3, the list of revision 1, now version 10\n",
  );
  const { spec, machines } = await get(desk);
  deepStrictEqual([spec.version, spec.channel, machines[0].name], [10, "prod", "a"]);
  strictEqual(Date.parse(spec.expires) - Date.parse(spec.issued), 40 * DAY);
  await desk.ok(["rollback", "2", ...KEY, "--expires", "2d"]);
  const again = (await get(desk)).spec;
  deepStrictEqual([again.version, Date.parse(again.expires) - Date.parse(again.issued)], [
    11,
    2 * DAY,
  ]);
});

Deno.test("rollback leaves keys and revocations as the newest list has them", async () => {
  await using desk = await Desk.open();
  const keys = [SEED.privateKey, other.privateKey];
  await publish(desk, "a", 1, { flags: ["--trust", SEED.publicKey, "--revoke", third.publicKey] });
  await publish(desk, "b", 2, {
    flags: ["--trust", other.publicKey, "--revoke", SEED.publicKey],
    keys,
  });
  const sign = ["--sign-key", other.privateKey, "--public-key", SEED.publicKey];
  const both = [...sign, "--public-key", other.publicKey];
  await desk.ok(["rollback", "1", ...both]);
  const { spec, machines } = await get(desk, other.publicKey);
  deepStrictEqual([spec.version, spec.keys.keys, machines[0].name], [3, [other.publicKey], "a"]);
  deepStrictEqual(spec.revoked, [third.publicKey, SEED.publicKey]);
});

Deno.test("rollback signs nothing that no known key has signed, and counts on from nothing else", async () => {
  await using desk = await Desk.open();
  await publish(desk, "a", 1);
  await publish(desk, "evil", 2, { keys: [other.privateKey] });
  await publish(desk, "high", 281474976710655, { keys: [other.privateKey] });
  match((await desk.run(["rollback", "2", ...KEY]))[2], /\[sig_invalid\]/);
  await desk.ok(["rollback", "1", ...KEY]);
  const { spec, machines } = await get(desk);
  deepStrictEqual([spec.version, machines[0].name], [2, "a"]);
});

Deno.test("rollback publishes nothing that nodes would refuse", async () => {
  await using desk = await Desk.open();
  const keys = [SEED.privateKey, other.privateKey];
  const flags = ["--trust", SEED.publicKey, "--trust", other.publicKey, "--threshold", "2"];
  await publish(desk, "a", 1, { keys });
  await publish(desk, "b", 2, { flags, keys });
  match((await desk.run(["rollback", "1", ...KEY]))[2], /1 of 2 needed keys .*\[threshold\]/);
  strictEqual((await get(desk)).revision, 2);
  await desk.ok(["rollback", "1", ...KEY, "--sign-key", other.privateKey]);
  deepStrictEqual((await get(desk)).spec.keys.signed.length, 2);
});

Deno.test("rollback wants an expiry for a list whose own has passed and whose start is not known", async () => {
  await using desk = await Desk.open();
  const list = [{
    name: "_spec",
    source: "urn:x-spec",
    checksum: "0".repeat(64),
    verify_checksum: "0".repeat(64),
    match: "false",
    spec: { version: 1, expires: "2020-01-01T00:00:00Z" },
  }, entry("a")];
  const pack = ["pack", "-", SEED.privateKey, "--no-lint"];
  await desk.ok(["push", "-", "--create"], await desk.ok(pack, JSON.stringify(list)));
  match((await desk.run(["rollback", "1", ...KEY]))[2], /it has expired \[expired\]\nhint: --exp/);
  await desk.ok(["rollback", "1", ...KEY, "--expires", "never"]);
  strictEqual((await get(desk)).spec.expires, null);
});
