import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { runCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { SEED } from "./seed.ts";

async function doctor(cwd: string, ...args: readonly string[]) {
  const io = new FakeTerminal({ cwd });
  const code = await main(["doctor", ...args], io);
  return { code, stdout: io.stdout };
}

Deno.test("doctor finds nothing to complain of in a good node, but for what is too wide", async () => {
  await using directory = await temporaryDirectory();
  const run = async (input: string, ...args: readonly string[]) =>
    await main(args, new FakeTerminal({ cwd: directory.path, input }));
  await run(SEED.packed, "push", "-", "--create");
  const args = ["--insecure-unsigned", "--allow-host", "h", "--identity", "n"];
  const { code, stdout } = await doctor(directory.path, ...args);
  strictEqual(code, 0, stdout);
  match(stdout, /^ok {4}permissions: all that is needed is given\n/);
  match(stdout, /\nwarn {2}width: wider than needed: --allow-run .*\n {6}fix: /);
  match(stdout, /\nok {4}store: 1 machines, revision 1\n/);
  match(stdout, /\nwarn {2}keys: whoever can write/);
});

Deno.test("doctor names each fault with its fix, and exits as run would", async () => {
  await using directory = await temporaryDirectory();
  Deno.mkdirSync(`${directory.path}/machines`);
  Deno.chmodSync(`${directory.path}/machines`, 0o777);
  const open = await doctor(directory.path, "--insecure-unsigned");
  strictEqual(open.code, 78);
  match(open.stdout, /may be written by others\n {6}fix: chmod go-w /);
  Deno.chmodSync(`${directory.path}/machines`, 0o755);
  const keyless = await doctor(directory.path, "--json");
  strictEqual(keyless.code, 78);
  const { findings } = JSON.parse(keyless.stdout);
  ok(
    findings.some(({ check, result }: Record<string, string>) =>
      check === "keys" && result === "fail"
    ),
  );
  const published = await doctor(directory.path, "--public-key", SEED.publicKey);
  match(published.stdout, /private half of a key is in the documentation/);
  match(published.stdout, /warn {2}store: "MACHINES\/machines" is not there/);
  const away = await doctor(directory.path, "--insecure-unsigned", "--store", "nats://127.0.0.1:9");
  strictEqual(away.code, 69);
  const host = await doctor(directory.path, "--host-only");
  match(host.stdout, /\nok {4}keys: no manager needs one\n/);
});

Deno.test("doctor exits 77 and names the flags that are missing", async () => {
  await using directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  const { code, stdout } = await runCli(["doctor", machines, "--insecure-unsigned"], {
    permissions: [`--allow-read=${machines}`],
    cwd: directory.path,
  });
  strictEqual(code, 77, stdout);
  match(stdout, /fail {2}permissions: --allow-write=.* is missing/);
  match(stdout, /fail {2}permissions: --allow-sys=hostname is missing/);
});

Deno.test("completions knows every command and flag in every shell", async () => {
  const io = new FakeTerminal();
  for (const shell of ["bash", "zsh", "fish"]) {
    deepStrictEqual(await main(["completions", shell], io), 0);
  }
  for (const word of ["verify-install", "manage-interval", "public-key", "completions"]) {
    strictEqual(io.stdout.split(word).length >= 4, true, word);
  }
});

Deno.test("completions prints a script that bash takes", async () => {
  const io = new FakeTerminal();
  await main(["completions", "bash"], io);
  const script =
    `${io.stdout}\nCOMP_WORDS=(machinist pus); COMP_CWORD=1; _machinist; echo "\${COMPREPLY[@]}"`;
  const { code, stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  deepStrictEqual([code, new TextDecoder().decode(stdout)], [0, "push\n"]);
});
