import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { completionScript, SHELLS } from "../completion_scripts.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";

/** `machinist completions bash|zsh|fish`, for the commands that `loadAll` brings. */
export function makeCompletions(loadAll: () => Promise<readonly Command[]>): Command {
  return defineCommand({
    name: "completions",
    summary: "Prints a completion script for a shell",
    args: [{ form: "<SHELL>", about: SHELLS.join(", ") }],
    options: [],
    examples: ["source <(machinist completions bash)"],
    async action(input, io) {
      const name = input.arg(0);
      const shell = SHELLS.find((known) => known === name);
      if (shell === undefined) {
        throw new CommandError(
          `Cannot complete for shell "${name}": it is not one of ${SHELLS.join(", ")}`,
          { code: "usage", exit: EXIT.usage },
        );
      }
      io.write(completionScript(shell, await loadAll()));
      return EXIT.done;
    },
  });
}
