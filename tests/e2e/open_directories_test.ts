import { match, strictEqual } from "node:assert/strict";
import { runCli, startCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";

Deno.test("a node refuses a machines directory that others may write, with 78 and the fix (#169, M10)", async () => {
  await using directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  Deno.mkdirSync(machines);
  Deno.chmodSync(machines, 0o757);
  const args = ["run", machines, "--identity", "n1", "--no-manager"];
  const { code, stderr } = await runCli(args, { timeoutMs: 20_000 });
  strictEqual(code, 78, stderr);
  match(
    stderr,
    /Cannot use machines directory ".*": everybody may write it \[directory_permissions\]/,
  );
  match(stderr, /hint: chmod go-w /);
});

Deno.test("a node tells of a directory above that others may rename in, and of a file that others own (M10)", async () => {
  await using directory = await temporaryDirectory();
  Deno.mkdirSync(`${directory.path}/open`);
  Deno.chmodSync(`${directory.path}/open`, 0o777);
  const facts = `${directory.path}/facts.json`;
  Deno.writeTextFileSync(facts, "{}");
  Deno.chmodSync(facts, 0o646);
  const machines = `${directory.path}/open/machines`;
  const args = ["run", machines, "--identity", "n1", "--no-manager", "--facts", facts];
  await using node = startCli(args);
  await node.waitForLog(/may replace the machines directory.*open .*everybody may write it/);
  await node.waitForLog(/may change a file that this node trusts.*facts\.json/);
  strictEqual((await node.stop()).code, 0);
  // Without the right to look above nothing is asked, and nothing is missed.
  const flags = ["--no-prompt", `--allow-read=${machines}`, `--allow-write=${machines}`];
  await using narrow = startCli(args.slice(0, -2), { permissions: flags });
  await narrow.waitForLog("The node starts");
  const { code, stderr } = await narrow.stop();
  strictEqual(code, 0);
  strictEqual(stderr.includes("may replace"), false, stderr);
});
