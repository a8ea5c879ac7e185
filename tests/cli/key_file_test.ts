import { doesNotThrow, strictEqual, throws } from "node:assert/strict";
import { checkKeyFile } from "../../src/cli/key_file.ts";
import { main } from "../../src/cli/main.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { KeyError } from "../../src/spec/key_error.ts";
import { key } from "../spec/fixture.ts";
import { runCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const cases: readonly (readonly [string, number, number, boolean])[] = [
  ["owner alone", 0o600, 0o700, true],
  ["all may read", 0o644, 0o755, true],
  ["a sticky directory", 0o600, 0o1777, true],
  ["#26 a file that all may write", 0o666, 0o700, false],
  ["#26 a directory that all may write", 0o600, 0o777, false],
  ["#26 a file that a group may write", 0o660, 0o700, false],
  ["#26 a directory that a group may write", 0o600, 0o770, false],
];

for (const [what, fileMode, directoryMode, good] of cases) {
  Deno.test(`checkKeyFile() ${good ? "accepts" : "refuses"} ${what}`, async () => {
    await using directory = await temporaryDirectory();
    const path = `${directory.path}/publisher.pub`;
    Deno.writeTextFileSync(path, `${key(1).publicKey.hex}\n`);
    Deno.chmodSync(path, fileMode);
    Deno.chmodSync(directory.path, directoryMode);
    // A group that is no user's own.
    if (Deno.uid() === 0) { for (const each of [path, directory.path]) Deno.chownSync(each, 0, 7); }
    const check = () => checkKeyFile(new DenoFs(), path);
    if (good) return doesNotThrow(check);
    throws(check, (error) => error instanceof KeyError && error.code === "key_permissions");
    const io = new FakeTerminal({ cwd: directory.path });
    strictEqual(await main(["run", "m", "--public-key", path], io), 78);
    strictEqual(io.stderr.includes("[key_permissions]"), true, io.stderr);
  });
}

Deno.test("checkKeyFile() asks nobody for a directory that may not be looked at", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/publisher.pub`;
  Deno.writeTextFileSync(path, `${key(1).publicKey.hex}\n`);
  Deno.chmodSync(directory.path, 0o777);
  const machines = `${directory.path}/machines`;
  const { stderr } = await runCli(
    ["run", machines, "--once", "--identity", "n1", "--public-key", path, "--store", "file:/none"],
    { permissions: [`--allow-read=${path}`], timeoutMs: 20_000 },
  );
  // It goes on to the next thing that is missing.
  strictEqual(/\[permission\]/.test(stderr) && !/key_permissions/.test(stderr), true, stderr);
});
