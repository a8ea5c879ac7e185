import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import { SEED } from "./seed.ts";

const SUM = "1e85719c6959eb0f2c8f2166e30ae952ccaef2c286f31868ea1d311d3738a339";
const ENTRY = {
  name: "facts",
  source: "https://my.example.net/metadata-machine-1.0.0.tgz",
  verify: "SHA256SUMS",
  verify_checksum: SUM,
  checksum: SUM,
  match: "has_command('facter')",
};

async function pack(args: readonly string[], options: FakeTerminalOptions = {}) {
  const io = new FakeTerminal(options);
  const code = await main(["pack", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

function inside(stdout: string): string {
  return new TextDecoder().decode(Uint8Array.fromBase64(JSON.parse(stdout).machines));
}

Deno.test("pack gives the seed document's file byte for byte, however the key comes", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/machines.json`;
  await Deno.writeFile(file, SEED.payload);
  const key = `${directory.path}/key`;
  await Deno.writeTextFile(key, `${SEED.privateKey}\n`);
  const printed = `${directory.path}/printed`;
  await Deno.writeTextFile(
    printed,
    ` Public Key: ${SEED.publicKey}\nPrivate Key: ${SEED.privateKey}\n`,
  );
  const expected = { code: 0, stdout: SEED.packed, stderr: "" };
  for (const typed of [SEED.privateKey, key, printed]) {
    deepStrictEqual(await pack([file, typed]), expected);
  }
  deepStrictEqual(await pack([file], { env: { KEY: SEED.privateKey } }), expected);
  deepStrictEqual(
    await pack(["-"], { env: { KEY: key }, input: new TextDecoder().decode(SEED.payload) }),
    expected,
  );
});

Deno.test("pack warns without a key, unless forced", async () => {
  const input = "[]";
  const { code, stdout, stderr } = await pack(["-"], { input });
  deepStrictEqual([code, stdout], [0, '{"machines":"W10="}\n']);
  match(stderr, /^No ed25519 private key given/);
  strictEqual((await pack(["-", "--force"], { input })).stderr, "");
});

Deno.test("pack turns YAML into JSON and leaves JSON as it is", async () => {
  await using directory = await temporaryDirectory();
  const yaml = `${directory.path}/machines.yaml`;
  await Deno.writeTextFile(
    yaml,
    `- ${Object.entries(ENTRY).map(([name, value]) => `${name}: "${value}"`).join("\n  ")}\n`,
  );
  deepStrictEqual(JSON.parse(inside((await pack([yaml, "--force"])).stdout)), [ENTRY]);
  const odd = ` [${JSON.stringify(ENTRY)}\n ]  `;
  strictEqual(inside((await pack(["-", "--force"], { input: odd })).stdout), odd);
});

Deno.test("pack adds a signature of every further key", async () => {
  const other = "00".repeat(31) + "01";
  const keys = [SEED.privateKey, SEED.privateKey];
  const { stdout } = await pack(["-", ...keys], { input: "[]" });
  const { signature, signatures } = JSON.parse(stdout);
  strictEqual(signatures[0].sig, signature);
  strictEqual((await pack(["-", other], { input: "[]" })).code, 1);
});

const REFUSED: readonly [string, unknown, string][] = [
  ["a name that leads out", [{ ...ENTRY, name: "../x" }], "name"],
  ["a matcher that does not parse", [{ ...ENTRY, match: "has_command(" }], "match_error"],
  ["a pattern that RE2 refuses", [{ ...ENTRY, match: "identity('(?=x)')" }], "match_error"],
  ["a missing checksum", [{ ...ENTRY, checksum: undefined }], "field_missing"],
  ["an object", {}, "payload_type"],
  ["a name twice", [ENTRY, ENTRY], "name_duplicate"],
];

for (const [name, list, code] of REFUSED) {
  Deno.test(`pack refuses ${name}, unless --no-lint`, async () => {
    const input = JSON.stringify(list);
    const refused = await pack(["-", SEED.privateKey], { input });
    deepStrictEqual([refused.code, refused.stdout], [1, ""]);
    match(refused.stderr, new RegExp(`^machinist: Cannot pack list "-": .* \\[${code}\\]\nhint: `));
    const packed = await pack(["-", SEED.privateKey, "--no-lint"], { input });
    deepStrictEqual([packed.code, inside(packed.stdout)], [0, input]);
  });
}

Deno.test("pack shows every complaint when there are several", async () => {
  const input = JSON.stringify([{ ...ENTRY, name: "" }, { ...ENTRY, source: "ftp://x/y" }]);
  const { code, stderr } = await pack(["-"], { input });
  strictEqual(code, 1);
  match(stderr, /^-: .*\n-: .*\[scheme\]\nmachinist: .* for 2 reasons/);
});

Deno.test("pack refuses broken YAML with its line", async () => {
  const { code, stderr } = await pack(["-"], { input: "- a: [\n" });
  strictEqual(code, 1);
  match(stderr, /^machinist: Cannot read list "-": .*\(\d+:\d+\) \[payload_json\]/);
});
