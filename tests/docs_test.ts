/**
 * Runs what README.md and docs/ tell users to type: the `sh` blocks of a page are one story, run in one
 * scratch directory with `machinist`, `deno` and `npx` on PATH. See tools/check_docs.ts for how a block says
 * that it is run elsewhere.
 */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pages } from "../tools/check_docs.ts";
import { docBlocks, docCommands } from "../tools/doc_blocks.ts";
import { ROOT, runCli } from "./support/cli.ts";
import { temporaryDirectory } from "./support/temporary.ts";

/** Ends what a page left in the background. */
const CLEAN_UP = `trap 'kill $(jobs -p) 2>/dev/null || true' EXIT`;

const BLOCKS = pages(`${ROOT}/`)
  .flatMap((page) => docBlocks(page, Deno.readTextFileSync(`${ROOT}/${page}`)))
  .filter((block) => block.language === "sh");

for (const page of new Set(BLOCKS.map((block) => block.page))) {
  const story = BLOCKS.filter((block) => block.page === page && block.skip === undefined);
  if (story.length === 0) continue;
  Deno.test(`docs() of ${page} work as they are printed`, async () => {
    await using scratch = await temporaryDirectory();
    await writeCommands(`${scratch.path}/.bin`);
    await Deno.symlink(`${ROOT}/examples`, `${scratch.path}/examples`);
    const script = story.map(({ line, text }) => `echo '# ${page}:${line}'\n${text}`).join("\n");
    const { code, stdout, stderr } = await new Deno.Command("timeout", {
      args: ["--kill-after=5", "120", "bash", "-euo", "pipefail", "-c", `${CLEAN_UP}\n${script}`],
      cwd: scratch.path,
      env: { PATH: `${scratch.path}/.bin:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const decoder = new TextDecoder();
    strictEqual(code, 0, `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`);
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

async function writeCommands(directory: string): Promise<void> {
  const deno = Deno.execPath();
  const commands = {
    machinist: `exec '${deno}' run --no-prompt -A -q '${ROOT}/cli.ts' "$@"`,
    deno: `exec '${deno}' "$@"`,
    npx: `[ "$1" = -y ] && shift\n[ "$1" = deno@2.9.6 ] && shift || exit 127\n` +
      `if [ "$1" = task ]; then cd '${ROOT}'; fi\nexec '${deno}' "$@"`,
  };
  await Deno.mkdir(directory);
  for (const [name, text] of Object.entries(commands)) {
    await Deno.writeTextFile(`${directory}/${name}`, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
}
