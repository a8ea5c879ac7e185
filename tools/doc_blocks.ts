/** A fenced block of commands in a page. */
export interface DocBlock {
  /** Path of the page. */
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  /** Language after the fence. */
  readonly language: string;
  /** Why `tests/docs_test.ts` does not run it: `sh skip="..."`. */
  readonly skip: string | undefined;
  /** What else stands after the language, which nothing understands. */
  readonly rest: string;
  /** What is inside. */
  readonly text: string;
}

/** The fenced blocks of a page, in order; an unclosed one ends with the page. */
export function docBlocks(page: string, text: string): readonly DocBlock[] {
  const blocks: DocBlock[] = [];
  let open:
    | { indent: string; fence: string; info: string; line: number; body: string[] }
    | undefined;
  for (const [index, line] of [...text.split("\n"), undefined].entries()) {
    if (open === undefined) {
      const match = /^(\s*)(`{3,})(.*)$/.exec(line ?? "");
      if (match === null) continue;
      const [, indent = "", fence = "", info = ""] = match;
      open = { indent, fence, info: info.trim(), line: index + 1, body: [] };
    } else if (line === undefined || line.trim() === open.fence) {
      const [language = ""] = open.info.split(/\s/, 1);
      const attributes = open.info.slice(language.length).trim();
      const skip = /^skip="([^"]*)"/.exec(attributes);
      const rest = attributes.slice(skip?.[0].length ?? 0).trim();
      const body = open.body.join("\n");
      blocks.push({ page, line: open.line, language, skip: skip?.[1], rest, text: `${body}\n` });
      open = undefined;
    } else {
      open.body.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
    }
  }
  return blocks;
}

/** A use of our command line in a block. */
export interface DocCommand {
  /** The command: `keys`. */
  readonly name: string;
  /** Its long flags: `--output`. */
  readonly flags: readonly string[];
}

/** `machinist`, `task machinist` or `cli.ts`, after variables and what runs commands; then command and rest. */
const OURS = new RegExp(
  String.raw`^(?:\$ )?(?:[A-Z_]+=\S*\s+|sudo\s+|exec\s+|timeout \S+\s+)*` +
    String.raw`(?:machinist|(?:npx -y )?deno\S* (?:task machinist|run .*?\bcli\.ts))\s+` +
    String.raw`(?<name>[a-z][a-z-]*)(?<rest>.*)$`,
);

/** The uses of our command line in a block; continued lines are joined, comments left out. */
export function docCommands(text: string): readonly DocCommand[] {
  const lines = text.replace(/\\\n/g, " ").replace(/(?:^|\s)#.*$/gm, "").split(/[\n;|&()]+/);
  return lines.flatMap((line) => {
    const { name, rest = "" } = OURS.exec(line.trim().replace(/\$$/, ""))?.groups ?? {};
    if (name === undefined) return [];
    return [{
      name,
      flags: [...rest.matchAll(/\s(--[a-z][a-z-]*)/g)].flatMap(([, flag]) => flag ?? []),
    }];
  });
}
