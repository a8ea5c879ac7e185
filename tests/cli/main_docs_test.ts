import { strictEqual } from "node:assert/strict";
import { CATALOGUE } from "../../src/cli/catalogue.ts";
import { main } from "../../src/cli/main.ts";
import { FakeTerminal } from "./fake_terminal.ts";

const HEAD = `# The command line

Made from the commands themselves; a test keeps it true. Results go to standard output, everything else to standard
error; \`--json\` prints one document (JSON lines for streams) on every command that prints a result.

| exit code | meaning                                                                    |
| --------: | -------------------------------------------------------------------------- |
|         0 | done, or yes                                                               |
|         1 | failed, or no: does not verify, does not match, differs, has not converged |
|         2 | the arguments are wrong                                                    |
|        69 | the store cannot be reached                                                |
|        73 | somebody else has published in between                                     |
|        75 | another instance holds the directory                                       |
|        77 | a Deno permission or a NATS right is missing; the text names it            |
|        78 | the configuration is refused                                               |
|       130 | interrupted                                                                |

An error is one line, \`machinist: Cannot <verb> ...: <why> [code]\`, with a second one, \`hint: ...\`, where that helps; with
\`--json\` it is \`{"error": {"code", "message", "hint"}}\` on standard output.
`;

Deno.test("main() has the help pages that docs/cli.md shows", async () => {
  const parts = [HEAD];
  let group = "";
  for (const entry of CATALOGUE) {
    if (entry.group !== group) {
      group = entry.group;
      parts.push(`## ${group}\n`);
    }
    const io = new FakeTerminal();
    strictEqual(await main([entry.name, "--help"], io), 0);
    parts.push(`### ${entry.name}\n`, `\`\`\`text\n${io.stdout.trimEnd()}\n\`\`\`\n`);
  }
  const page = parts.join("\n");
  // After a change that is meant: MACHINIST_SNAPSHOTS=write deno test -A tests/cli
  const file = new URL("../../docs/cli.md", import.meta.url);
  if (Deno.env.get("MACHINIST_SNAPSHOTS") === "write") await Deno.writeTextFile(file, page);
  strictEqual(page, await Deno.readTextFile(file));
});
