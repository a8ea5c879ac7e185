import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { main } from "../../src/cli/main.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { FakeTerminal } from "./fake_terminal.ts";

async function evaluate(...args: readonly string[]) {
  const io = new FakeTerminal({ env: { MACHINIST_IDENTITY: "db1" } });
  const code = await main(["match", ...args], io);
  return { code, stdout: io.stdout, stderr: io.stderr };
}

Deno.test("match prints true or false and exits 0 or 1", async () => {
  const web = ["--identity", "web1.example.net"];
  deepStrictEqual(await evaluate("identity('^web')", ...web), {
    code: 0,
    stdout: "true\n",
    stderr: "",
  });
  deepStrictEqual(await evaluate("identity('^web')"), { code: 1, stdout: "false\n", stderr: "" });
});

Deno.test("match reads facts and traces what functions answered", async () => {
  await using directory = await temporaryDirectory();
  const facts = `${directory.path}/facts.yaml`;
  Deno.writeTextFileSync(facts, "os: { family: debian }\n");
  const expression = "get_fact('os.family') == 'debian' && has_directory('/')";
  const { code, stderr } = await evaluate(expression, "--facts", facts, "--trace");
  strictEqual(code, 0);
  strictEqual(stderr, 'get_fact("os.family") = "debian"\nhas_directory("/") = true\n');
});

Deno.test("match prints a document with --json", async () => {
  const document = JSON.parse((await evaluate("identity('db')", "--json")).stdout);
  deepStrictEqual([document.identity, document.matched, document.calls.length], ["db1", true, 1]);
});

Deno.test("match says in which column an error is, and that is no answer", async () => {
  const { code, stdout, stderr } = await evaluate("identity('web') &&& true");
  deepStrictEqual([code, stdout], [1, ""]);
  match(stderr, /^machinist: Cannot .*column \d+.*\[match_[a-z]+\]\n$/);
});
