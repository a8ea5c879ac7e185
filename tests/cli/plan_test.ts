import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { ManagedRecords } from "../../src/sets/managed_records.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";
import { SEED } from "./seed.ts";

function entry(name: string, match = "") {
  return {
    name,
    source: `https://h/${name}-1.0.0.tgz`,
    checksum: "a".repeat(64),
    verify_checksum: "b".repeat(64),
    match,
  };
}

async function run(cwd: string, args: readonly string[], input = "") {
  const io = new FakeTerminal({ cwd, input });
  const code = await main(args, io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

async function packed(list: unknown): Promise<string> {
  return (await run("/", ["pack", "-", SEED.privateKey], JSON.stringify(list))).stdout;
}

/** A machines directory with two managed machines and one that is somebody's own. */
function furnish(path: string): void {
  for (const name of ["old", "changed", "mm_old", "mm_changed", "mine", ".machinist"]) {
    Deno.mkdirSync(`${path}/machines/${name}`, { recursive: true });
  }
  new ManagedRecords(new DenoFs(), `${path}/machines/.machinist`).change((records) => {
    for (const name of ["old", "changed"]) {
      records.set(name, {
        manager: "manager",
        checksum: "c".repeat(64),
        verifyChecksum: "d".repeat(64),
        allowUnlisted: [],
        previous: [],
        match: "",
        unmatched: 0,
        since: 0,
      });
    }
  });
}

Deno.test("plan shows each step with its why, and changes nothing", async () => {
  await using directory = await temporaryDirectory();
  furnish(directory.path);
  const before = [...Deno.readDirSync(`${directory.path}/machines`)].length;
  const list = await packed([
    entry("new"),
    entry("changed"),
    entry("mine"),
    entry("other", "identity('^nobody$')"),
    entry("unclear", "get_fact('a') > 1"),
  ]);
  const args = ["plan", "-", "--identity", "n1"];
  const { code, stdout } = await run(directory.path, args, list);
  strictEqual(code, 0);
  match(
    stdout,
    /^\+ new: it is new\n~ changed: the list has another archive\n! mine: .* \[foreign\]\n/,
  );
  match(stdout, /\n- old: it is not in the list any more\n/);
  match(stdout, /\nPlan: 1 to add, 1 to change, 1 to remove\.\n$/);
  const { code: changes } = await run(directory.path, [...args, "--exit-code"], list);
  strictEqual(changes, 1);
  const document = JSON.parse((await run(directory.path, [...args, "--json"], list)).stdout);
  deepStrictEqual([document.add, document.change, document.remove], [1, 1, 1]);
  strictEqual([...Deno.readDirSync(`${directory.path}/machines`)].length, before);
});

Deno.test("plan --exit-code exits 0 when nothing changes", async () => {
  const { code, stdout } = await run(
    "/",
    ["plan", "-", "--exit-code", "--identity", "n"],
    await packed([]),
  );
  deepStrictEqual([code, stdout], [0, "Plan: 0 to add, 0 to change, 0 to remove.\n"]);
});

Deno.test("plan refuses what no given key has signed", async () => {
  const key = "a09aa5f47a6759802ff955f8dc2d2a14a5c99d23be97f864127ff9383455a4f0";
  const { code, stderr } = await run("/", ["plan", "-", "--public-key", key], await packed([]));
  strictEqual(code, 1);
  match(stderr, /\[sig_invalid\]/);
});

Deno.test("plan --output keeps the plan, and push refuses it with 73 once it is out of date", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  await run(path, ["bucket"]);
  const list = await packed([entry("new")]);
  for (const name of ["first.plan", "second.plan"]) {
    const { code } = await run(path, [
      "plan",
      "-",
      "--output",
      `${path}/${name}`,
      "--identity",
      "n",
    ], list);
    strictEqual(code, 0);
  }
  const first = await run(path, ["push", `${path}/first.plan`]);
  deepStrictEqual([first.code, first.stdout], [0, "MACHINES/machines revision 1\n"]);
  strictEqual((await run(path, ["get", "--raw"])).stdout, list);
  const second = await run(path, ["push", `${path}/second.plan`]);
  strictEqual(second.code, 73);
  match(second.stderr, /somebody has published since.*\[conflict\]\nhint: machinist plan/);
});
