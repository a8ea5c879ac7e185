/**
 * Runs what README.md, docs/ and the examples tell users to type: the `sh` blocks of a page are one story, run in one
 * scratch directory with `machinist`, `deno` and `npx` on PATH. See tools/check_docs.ts for how a block says
 * that it is run elsewhere.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pages } from "../tools/check_docs.ts";
import { docBlocks, docCommands } from "../tools/doc_blocks.ts";
import { ROOT, runCli } from "./support/cli.ts";
import { runShellStory } from "./support/shell_story.ts";
import { temporaryDirectory } from "./support/temporary.ts";

const BLOCKS = pages(`${ROOT}/`)
  .flatMap((page) => docBlocks(page, Deno.readTextFileSync(`${ROOT}/${page}`)))
  .filter((block) => block.language === "sh");

for (const page of new Set(BLOCKS.map((block) => block.page))) {
  const story = BLOCKS.filter((block) => block.page === page && block.skip === undefined);
  if (story.length === 0) continue;
  Deno.test(`docs() of ${page} work as they are printed`, async () => {
    await using scratch = await temporaryDirectory();
    await Deno.symlink(`${ROOT}/examples`, `${scratch.path}/examples`);
    const { code, stdout, stderr } = await runShellStory(story, {
      directory: scratch.path,
      seconds: 120,
    });
    strictEqual(code, 0, `${stdout}\n${stderr}`);
  });
}

Deno.test("docs() use commands and flags that exist", async () => {
  const commands = BLOCKS.flatMap((block) =>
    docCommands(block.text).map((command) => ({ ...command, at: `${block.page}:${block.line}` }))
  );
  const help = new Map<string, string>();
  for (const name of new Set(commands.map((command) => command.name))) {
    const { code, stdout } = await runCli([name, "--help"]);
    ok(code === 0, `machinist ${name} --help ends with ${code}`);
    help.set(name, stdout);
  }
  const unknown = commands.flatMap(({ at, name, flags }) =>
    flags.filter((flag) => !new RegExp(`${flag}\\b`).test(help.get(name) ?? ""))
      .map((flag) => `${at}: machinist ${name} has no ${flag}`)
  );
  deepStrictEqual(unknown, []);
});
