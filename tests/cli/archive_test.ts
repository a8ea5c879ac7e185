import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const MANIFEST = `name: lamp
version: 1.2.0
initial_state: "OFF"
transitions: [{ name: press, from: ["OFF"], destination: "ON" }]
watchers: [{ name: clock, type: timer, fail_transition: press, properties: { timer: 1h } }]
`;

async function machine(manifest = MANIFEST): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  Deno.mkdirSync(`${directory.path}/lamp`);
  Deno.writeTextFileSync(`${directory.path}/lamp/machine.yaml`, manifest);
  Deno.writeTextFileSync(`${directory.path}/lamp/run.sh`, "#!/bin/sh\n", { mode: 0o755 });
  return directory;
}

async function archive(cwd: string, ...args: readonly string[]) {
  const io = new FakeTerminal({ cwd });
  const code = await main(["archive", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("archive writes <name>-<version>.tgz and SHA256SUMS, and prints the entry", async () => {
  await using directory = await machine();
  const { code, stdout } = await archive(
    directory.path,
    "lamp",
    "--url",
    "https://h.example.net/a/",
    "--match",
    "identity('^web')",
  );
  strictEqual(code, 0);
  const entry = JSON.parse(stdout);
  const bytes = Deno.readFileSync(`${directory.path}/lamp-1.2.0.tgz`);
  const sums = Deno.readFileSync(`${directory.path}/lamp/SHA256SUMS`);
  const digest = async (data: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", data)).toHex();
  deepStrictEqual(entry, {
    name: "lamp",
    source: "https://h.example.net/a/lamp-1.2.0.tgz",
    verify: "SHA256SUMS",
    verify_checksum: await digest(sums),
    checksum: await digest(bytes),
    match: "identity('^web')",
    x: { size: bytes.length },
  });
});

Deno.test("archive gives the same bytes for the same content, wherever and whenever", async () => {
  await using one = await machine();
  await using two = await machine();
  Deno.utimeSync(`${two.path}/lamp/run.sh`, 1, 1);
  const url = ["--url", "https://h/x.tgz"];
  const first = await archive(one.path, "lamp", ...url, "--output", "out.tgz");
  const second = await archive(two.path, "./lamp/", ...url, "--output", "out.tgz");
  strictEqual(first.stdout, second.stdout);
  strictEqual(JSON.parse(first.stdout).source, "https://h/x.tgz");
  deepStrictEqual(
    Deno.readFileSync(`${one.path}/out.tgz`),
    Deno.readFileSync(`${two.path}/out.tgz`),
  );
});

Deno.test("archive puts the file into a directory that --output names", async () => {
  await using directory = await machine();
  Deno.mkdirSync(`${directory.path}/served`);
  const { stderr } = await archive(directory.path, "lamp", "--output", "served", "--json");
  match(stderr, /no --url was given/);
  ok(Deno.statSync(`${directory.path}/served/lamp-1.2.0.tgz`).isFile);
});

const REFUSED: readonly [string, (path: string) => void, readonly string[], RegExp][] = [
  [
    "a broken manifest",
    (path) => Deno.writeTextFileSync(`${path}/lamp/machine.yaml`, "name: x\n"),
    [],
    /manifest_invalid/,
  ],
  ["no manifest", (path) => Deno.removeSync(`${path}/lamp/machine.yaml`), [], /not_found/],
  ["a link", (path) => Deno.symlinkSync("/etc/passwd", `${path}/lamp/link`), [], /\[type\]/],
  ["a bad matcher", () => {}, ["--url", "https://h/", "--match", "identity("], /match_error/],
  ["a bad URL", () => {}, ["--url", "ftp://h/"], /scheme/],
];

for (const [name, prepare, args, why] of REFUSED) {
  Deno.test(`archive refuses ${name}`, async () => {
    await using directory = await machine();
    prepare(directory.path);
    const { code, stdout, stderr } = await archive(directory.path, "lamp", ...args);
    deepStrictEqual([code, stdout], [1, ""]);
    match(stderr, why);
  });
}

Deno.test("archive refuses a match expression that nodes cannot read, with its column, and writes nothing", async () => {
  for (const url of [[], ["--url", "https://h.example.net/"]]) {
    await using directory = await machine();
    const { code, stdout, stderr } = await archive(
      directory.path,
      "lamp",
      "--match",
      "1+",
      ...url,
    );
    strictEqual(code, 1);
    strictEqual(stdout, "");
    match(stderr, /at column \d+ \[match_error\]/);
    ok(![...Deno.readDirSync(directory.path)].some(({ name }) => name.endsWith(".tgz")));
  }
});
