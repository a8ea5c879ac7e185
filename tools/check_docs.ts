/**
 * Sees to it that each command in README.md, docs/ and the examples' README.md is one that a test runs: blocks marked `sh` are run by
 * tests/docs_test.ts, unless they say which other test runs them, or what they need that no test has:
 * `sh skip="run by tests/e2e/quickstart_test.ts"`, `sh skip="needs systemd"`.
 */
import { type DocBlock, docBlocks } from "./doc_blocks.ts";
import { listFiles } from "./list_files.ts";

/** Other names for a block of commands, which would slip through. */
const ALIASES = ["bash", "shell", "console", "zsh", "shell-session", "sh-session"];
const COVERING_FILE = /(?:tests\/[\w/]+_test\.ts|\.ci\/run)/;

/** The pages whose commands count: what users read. */
export function pages(root: string): readonly string[] {
  return listFiles(root, { suffix: ".md" })
    .filter((path) =>
      path === "README.md" || path === "CONTRIBUTING.md" || path.startsWith("docs/") ||
      /^examples\/(?:.*\/)?README\.md$/.test(path)
    );
}

/** What is wrong with one block; undefined when nothing is. `read` gives a file's text, or undefined. */
export function checkBlock(
  block: DocBlock,
  read: (path: string) => string | undefined,
): string | undefined {
  if (ALIASES.includes(block.language)) return `"${block.language}": commands are marked sh`;
  if (block.language !== "sh") return undefined;
  if (block.rest !== "") return `"${block.rest}" is not understood: only skip="..." may follow sh`;
  if (block.skip === undefined || /^needs \S/.test(block.skip)) return undefined;
  const file = COVERING_FILE.exec(block.skip)?.[0];
  if (file === undefined) {
    return `"${block.skip}" names neither the test that runs it nor what it needs`;
  }
  const text = read(file);
  if (text === undefined) return `"${file}" is not there`;
  const missing = taskNames(block.text).find((task) => !text.includes(task));
  return missing === undefined ? undefined : `"${file}" has no word of "${missing}"`;
}

/** The last word of each `task` command, which the covering file has to have. */
function taskNames(text: string): readonly string[] {
  return [...text.matchAll(/\btask (?:machinist )?([a-z-]+)/g)].flatMap(([, name]) => name ?? []);
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url).pathname;
  const read = (path: string) => {
    try {
      return Deno.readTextFileSync(root + path);
    } catch {
      return undefined;
    }
  };
  const blocks = pages(root).flatMap((page) => docBlocks(page, read(page) ?? ""));
  const complaints = blocks.flatMap((block) => {
    const why = checkBlock(block, read);
    return why === undefined ? [] : [`${block.page}:${block.line}: ${why}`];
  });
  for (const complaint of complaints) console.error(complaint);
  const shell = blocks.filter((block) => block.language === "sh");
  const skipped = shell.filter((block) => block.skip !== undefined).length;
  console.log(
    `docs: ${shell.length} blocks of commands, ${skipped} of them run elsewhere; ${complaints.length} complaints`,
  );
  Deno.exitCode = complaints.length === 0 ? 0 : 1;
}
