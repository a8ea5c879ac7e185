import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function keys(...args: readonly string[]) {
  const io = new FakeTerminal();
  const code = await main(["keys", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("keys prints a pair as the reference does: the private key ends with the public one", async () => {
  const { code, stdout, stderr } = await keys();
  deepStrictEqual([code, stderr], [0, ""]);
  const found = /^ Public Key: ([0-9a-f]{64})\nPrivate Key: ([0-9a-f]{128})\n$/.exec(stdout);
  strictEqual(found?.[2]?.slice(64), found?.[1]);
});

Deno.test("keys --output writes the private key for its owner only, and never over a file", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/publisher.key`;
  const { code, stdout } = await keys("--output", file);
  strictEqual(code, 0);
  match(stdout, /^ Public Key: [0-9a-f]{64}\n$/);
  const text = await Deno.readTextFile(file);
  match(text, /^[0-9a-f]{128}\n$/);
  strictEqual(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600);
  const again = await keys("--output", file);
  strictEqual(again.code, 1);
  match(again.stderr, /^machinist: Cannot create .*it exists already \[exists\]\n$/);
  strictEqual(await Deno.readTextFile(file), text);
});

Deno.test("keys --json prints one document, without the private key when that went to a file", async () => {
  await using directory = await temporaryDirectory();
  const both = JSON.parse((await keys("--json")).stdout);
  deepStrictEqual(Object.keys(both), ["public_key", "private_key"]);
  const one = JSON.parse((await keys("--json", "--output", `${directory.path}/k`)).stdout);
  deepStrictEqual(Object.keys(one), ["public_key", "file"]);
});
