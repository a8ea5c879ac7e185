import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal, type FakeTerminalOptions } from "./fake_terminal.ts";
import { SEED } from "./seed.ts";

const OTHER = "0000000000000000000000000000000000000000000000000000000000000002";
const KEY = "a09aa5f47a6759802ff955f8dc2d2a14a5c99d23be97f864127ff9383455a4f0";

async function verify(args: readonly string[], options: FakeTerminalOptions = {}) {
  const io = new FakeTerminal({ input: SEED.packed, ...options });
  const code = await main(["verify", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("verify says in the reference's words who has signed", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/spec.json`;
  const keyFile = `${directory.path}/publisher.pub`;
  await Deno.writeTextFile(file, SEED.packed);
  await Deno.writeTextFile(keyFile, `# ours\n${SEED.publicKey}\n`);
  for (const key of [SEED.publicKey, keyFile, SEED.publicKey.toUpperCase()]) {
    deepStrictEqual(await verify([file, key]), {
      code: 0,
      stdout: `Data file ${file} is signed using ${SEED.publicKey}\n`,
      stderr: "",
    });
  }
  deepStrictEqual(await verify([file, KEY]), {
    code: 1,
    stdout: `Data ${file} does not have a valid signature for key ${KEY}`,
    stderr: "",
  });
});

Deno.test("verify reads standard input, takes keys from the environment and shows the list", async () => {
  const options = { env: { MACHINIST_PUBLIC_KEY: `${KEY},${SEED.publicKey}` } };
  const { code, stdout } = await verify(["-", "--show"], options);
  strictEqual(code, 0);
  strictEqual(
    stdout,
    `Data file - is signed using ${SEED.publicKey}\n${new TextDecoder().decode(SEED.payload)}`,
  );
});

Deno.test("verify prints one document with --json", async () => {
  const good = await verify(["-", SEED.publicKey, "--json", "--show"]);
  const document = JSON.parse(good.stdout);
  deepStrictEqual([document.file, document.verified, document.signers, document.machines.length], [
    "-",
    true,
    [SEED.publicKey],
    1,
  ]);
  const bad = await verify(["-", KEY, "--json"]);
  strictEqual(bad.code, 1);
  match(bad.stdout, /"verified":false,"signers":\[\],"code":"sig_invalid"/);
});

Deno.test("verify wants as many signers as --threshold says", async () => {
  strictEqual((await verify(["-", SEED.publicKey, KEY, "--threshold", "2"])).code, 1);
});

const REFUSED: readonly [string, readonly string[], string, number, RegExp][] = [
  ["no key", ["-"], SEED.packed, 2, /no public key was given \[usage\]/],
  ["a file that is not there", ["/nowhere", KEY], "", 1, /\[not_found\]/],
  ["what is not JSON", ["-", KEY], "x", 1, /\[envelope_json\]/],
  ["an empty file", ["-", KEY], "", 1, /\[empty_value\]/],
  ["a weak key", ["-", "00".repeat(32)], SEED.packed, 1, /\[key_weak\]/],
  ["a private key", ["-", SEED.privateKey], SEED.packed, 1, /\[key_private\]/],
  ["a short key", ["-", OTHER.slice(2)], SEED.packed, 1, /\[key_length\]/],
];

for (const [name, args, input, exit, why] of REFUSED) {
  Deno.test(`verify refuses ${name} and never shows a private key`, async () => {
    const { code, stdout, stderr } = await verify(args, { input });
    deepStrictEqual([code, stdout], [exit, ""]);
    match(stderr, why);
    strictEqual(stderr.includes(SEED.privateKey), false);
  });
}
