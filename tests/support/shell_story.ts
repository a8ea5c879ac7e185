import type { DocBlock } from "../../tools/doc_blocks.ts";
import { type CliResult, ROOT } from "./cli.ts";

/** Ends what a page left in the background, and waits for it. */
const CLEAN_UP = `trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT`;

/** Options of {@linkcode runShellStory}. */
export interface ShellStoryOptions {
  /** A directory of the story's own, in which it is run; gets a folder `.bin`. */
  readonly directory: string;
  /** Changes the commands before they run: ports must be free, for example. */
  readonly change?: (script: string) => string;
  /** Kills it after this many seconds: its code is then 124 or 137. */
  readonly seconds: number;
}

/** Runs blocks of a page as one story, with `machinist`, `deno` and `npx` on PATH. */
export async function runShellStory(
  blocks: readonly DocBlock[],
  { directory, change = (script) => script, seconds }: ShellStoryOptions,
): Promise<CliResult> {
  const bin = `${directory}/.bin`;
  await writeCommands(bin);
  const script = blocks.map(({ page, line, text }) => `echo '# ${page}:${line}'\n${change(text)}`);
  const { code, stdout, stderr } = await new Deno.Command("timeout", {
    args: [
      "--kill-after=10",
      String(seconds),
      "bash",
      "-euo",
      "pipefail",
      "-c",
      [CLEAN_UP, ...script].join("\n"),
    ],
    cwd: directory,
    env: { PATH: `${bin}:${Deno.env.get("PATH")}`, NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

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
