import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function permissions(cwd: string, ...args: readonly string[]) {
  const io = new FakeTerminal({ cwd });
  const code = await main(["permissions", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

const NO_COMMANDS = "note: no machine that stands there runs a command: " +
  "give --allow-run=COMMAND for what machines of the list run\n";
const NODE = ["--store", "nats://n1:4222", "--allow-host", "h1:8080", "--identity", "web1"];

Deno.test("permissions prints the flags of a node on one line", async () => {
  deepStrictEqual(await permissions("/srv", "./machines", ...NODE, "--public-key", "etc/key.pub"), {
    code: 0,
    stdout: "--no-prompt --allow-net=h1:8080,n1:4222 --allow-read=/srv/etc/key.pub,/srv/machines " +
      "--allow-write=/srv/machines\n",
    stderr: NO_COMMANDS,
  });
});

Deno.test("permissions knows the halves of a node, the host name and a directory store", async () => {
  const { stdout, stderr } = await permissions("/srv", "--host-only", ...NODE);
  strictEqual(stdout, "--no-prompt --allow-read=/srv/machines --allow-write=/srv/machines\n");
  strictEqual(stderr, NO_COMMANDS);
  strictEqual((await permissions("/srv", "--manage-only", ...NODE)).stderr, "");
  const plain = await permissions("/srv", "--store", "file:store", "--state", "/var/state");
  strictEqual(
    plain.stdout,
    "--no-prompt --allow-read=/srv/machines,/srv/store,/var/state " +
      "--allow-write=/srv/machines,/var/state --allow-sys=hostname\n",
  );
  match(plain.stderr, /^note: no download host is known/);
});

Deno.test("permissions finds the commands of machines that stand there", async () => {
  await using directory = await temporaryDirectory();
  const folder = `${directory.path}/lamp`;
  Deno.mkdirSync(folder);
  const watcher = (name: string, command: string) =>
    `  - { name: ${name}, type: exec, properties: { command: "${command}" } }\n`;
  Deno.writeTextFileSync(
    `${folder}/machine.yaml`,
    "name: lamp\nversion: 1.0.0\ninitial_state: A\n" +
      "transitions: [{ name: go, from: [A], destination: A }]\nwatchers:\n" +
      watcher("a", "./run.sh now") + watcher("b", "/usr/bin/facter") + watcher("c", "id"),
  );
  const { stdout } = await permissions("/", directory.path, "--json", ...NODE);
  const { needs, notes } = JSON.parse(stdout);
  deepStrictEqual(notes, []);
  deepStrictEqual(
    needs.filter(({ kind }: { kind: string }) => kind === "run").map((
      { value }: { value: string },
    ) => value),
    [`${folder}/run.sh`, "/usr/bin/facter", "id"],
  );
});

Deno.test("permissions --systemd prints a unit with the same flags", async () => {
  const { stdout } = await permissions("/srv", ...NODE, "--systemd");
  match(stdout, /\nExecStart=\/usr\/local\/bin\/deno run --no-prompt --allow-net=h1:8080,n1:4222 /);
  match(stdout, /\nReadWritePaths=\/srv\/machines \/srv\/machines\/\.machinist\n/);
});

const REFUSED: readonly [readonly string[], RegExp][] = [
  [["--manage-only", "--host-only"], /each is one half/],
  [["--manage-only", "--no-manager"], /nothing would be left/],
  [["--interval", "soon"], /Cannot parse duration/],
  [["--interval", "1ms"], /below 1000 ms/],
  [["--log-level", "loud"], /not one of debug, info, warn, error/],
  [["--insecure-unsigned", "--public-key", "00"], /contradicts/],
];

for (const [args, why] of REFUSED) {
  Deno.test(`permissions exits 78 for "${args.join(" ")}", as run does`, async () => {
    const { code, stderr } = await permissions("/", ...args);
    strictEqual(code, 78);
    match(stderr, why);
  });
}

const CONFIGS: readonly [string, string, RegExp][] = [
  [
    "an unknown name",
    "idnetity: x",
    /there is no option "idnetity".*\nhint: Did you mean identity\?/,
  ],
  ["a list", "- identity", /it is not a mapping/],
  ["broken YAML", "a: [", /Cannot use configuration .* \[configuration\]/],
  ["a nested value", "identity: { a: 1 }", /"identity" is neither/],
];

for (const [name, text, why] of CONFIGS) {
  Deno.test(`permissions exits 78 for a configuration with ${name}`, async () => {
    await using directory = await temporaryDirectory();
    const file = `${directory.path}/config.yaml`;
    Deno.writeTextFileSync(file, text);
    const { code, stderr } = await permissions("/", "--config", file);
    strictEqual(code, 78);
    match(stderr, why);
  });
}

Deno.test("permissions reads a configuration behind the flags", async () => {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}/config.yaml`;
  Deno.writeTextFileSync(
    file,
    "identity: web1\nstore: nats://other\nallow-host: [h1, h2]\ndirectory: /data\npurge: false\n",
  );
  const { stdout } = await permissions("/", "--config", file, "--store", "nats://mine");
  match(stdout, /^--no-prompt --allow-net=h1,h2,mine:4222 --allow-read=\/data,/);
});
