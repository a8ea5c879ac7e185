import { MANIFEST_FILE, MAX_MANIFEST_BYTES, parseManifest } from "../../machine/manifest.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { dot, graphData, mermaid } from "../graph_text.ts";
import { JSON_OPTION } from "../options.ts";

/** `machinist graph`. */
export const graph: Command = defineCommand({
  name: "graph",
  summary: "Draws the state machine of a machine.yaml",
  args: [{ form: "<FILE>", about: "machine.yaml, a directory with one, or - for standard input" }],
  options: [
    { flags: "--format <FORMAT>", about: "mermaid or dot", fallback: "mermaid" },
    JSON_OPTION,
  ],
  examples: [
    "machinist graph machines/facts > facts.mmd",
    "machinist graph --format dot machine.yaml | dot -Tsvg",
  ],
  async action(input, io) {
    const typed = input.arg(0);
    const isDirectory = typed !== "-" && io.fs.lstat(typed)?.kind === "directory";
    const path = isDirectory ? `${typed.replace(/\/+$/, "")}/${MANIFEST_FILE}` : typed;
    const bytes = await io.readFile(path, MAX_MANIFEST_BYTES + 1);
    const { definition } = parseManifest(bytes, { path });
    const format = input.text("format");
    if (input.flag("json")) io.write(`${JSON.stringify(graphData(definition))}\n`);
    else if (format === "mermaid") io.write(mermaid(definition));
    else if (format === "dot") io.write(dot(definition));
    else {
      throw new CommandError(`Cannot draw format "${format}": it is not one of mermaid, dot`, {
        code: "usage",
        exit: EXIT.usage,
      });
    }
    return EXIT.done;
  },
});
