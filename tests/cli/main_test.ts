import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { CATALOGUE } from "../../src/cli/catalogue.ts";
import { main } from "../../src/cli/main.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function run(args: readonly string[]): Promise<[number, string, string]> {
  const io = new FakeTerminal();
  const code = await main(args, io);
  return [code, io.stdout, io.stderr];
}

Deno.test("main() prints its version and its list of commands", async () => {
  const [code, stdout, stderr] = await run(["--version"]);
  deepStrictEqual([code, stderr], [0, ""]);
  match(stdout, /^machinist \d+\.\d+\.\d+\n$/);
  for (const args of [["--help"], ["-h"], ["help"]]) {
    const [code, page] = await run(args);
    strictEqual(code, 0);
    for (const { name, summary } of CATALOGUE) ok(page.includes(name) && page.includes(summary));
  }
});

const REFUSED: readonly [readonly string[], RegExp][] = [
  [[], /^Signed sets/],
  [["veriffy"], /there is no such command \[usage\]\nhint: Did you mean verify\?\n$/],
  [["zzzzzz"], /there is no such command \[usage\]\nhint: machinist --help\n$/],
  [["--versoin"], /hint: Did you mean --version\?\n$/],
  [
    ["keys", "--outptu", "x"],
    /unknown option "--outptu" \[usage\]\nhint: Did you mean --output\?\n$/,
  ],
  [["keys", "more"], /too many arguments/],
  [["completions", "tcsh"], /it is not one of bash, zsh, fish \[usage\]\n$/],
];

for (const [args, expected] of REFUSED) {
  Deno.test(`main() exits 2 and says why for "${args.join(" ")}"`, async () => {
    const [code, stdout, stderr] = await run(args);
    deepStrictEqual([code, stdout], [2, ""]);
    match(stderr, expected);
    if (args.length > 0) match(stderr, /^machinist: Cannot /);
  });
}

Deno.test("main() prints an object on stdout when an error meets --json", async () => {
  const [code, stdout, stderr] = await run(["veriffy", "--json"]);
  deepStrictEqual([code, stderr], [2, ""]);
  deepStrictEqual(JSON.parse(stdout), {
    error: {
      code: "usage",
      message: 'Cannot run command "veriffy": there is no such command',
      hint: "Did you mean verify?",
    },
  });
});

for (const { name, summary, load } of CATALOGUE) {
  Deno.test(`main() shows the help page of ${name} as its snapshot has it`, async () => {
    const command = await load();
    deepStrictEqual([command.name, command.summary], [name, summary]);
    const [code, page] = await run([name, "--help"]);
    strictEqual(code, 0);
    match(page, /\nExamples?:\n {2}\$ /);
    // After a change that is meant: MACHINIST_SNAPSHOTS=write deno test -A tests/cli
    const file = new URL(`./help/${name}.txt`, import.meta.url);
    if (Deno.env.get("MACHINIST_SNAPSHOTS") === "write") await Deno.writeTextFile(file, page);
    strictEqual(page, await Deno.readTextFile(file));
    deepStrictEqual(await run(["help", name]), [0, page, ""]);
  });
}
