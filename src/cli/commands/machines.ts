import { readNodeStatus } from "../../agent/read_status.ts";
import { DenoClock } from "../../deno/clock.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { machinesText } from "../machines_text.ts";
import { DIRECTORY_OPTIONS, JSON_OPTION } from "../options.ts";

/** A status older than this is of an agent that does not run any more, milliseconds. */
const STALE_MS = 90_000;

/** `machinist machines`. */
export const machines: Command = defineCommand({
  name: "machines",
  summary: "Shows this node's machines, from the agent's own files",
  args: [{ form: "[NAME]", about: "one machine" }],
  options: [...DIRECTORY_OPTIONS, JSON_OPTION],
  examples: ["machinist machines --machines /srv/machines"],
  async action(input, io) {
    const directory = absolutePath(input.text("machines") ?? "", io.cwd);
    const state = input.text("state");
    const found = readNodeStatus(io.fs, {
      now: new DenoClock().now(),
      state: state === undefined ? `${directory}/.machinist` : absolutePath(state, io.cwd),
    });
    if (found === undefined) {
      throw new CommandError(`Cannot show machines of "${directory}": no agent has run there`, {
        code: "not_found",
        exit: EXIT.failed,
        hint: "--machines DIR names the machines directory",
      });
    }
    const { age, status } = found;
    if (age > STALE_MS) {
      io.note(`the agent does not run: this is as of ${status.time}\n`);
    }
    const name = input.args[0];
    const shown = name === undefined
      ? status
      : { ...status, machines: status.machines.filter((machine) => machine.name === name) };
    if (name !== undefined && shown.machines.length === 0) {
      throw new CommandError(`Cannot show machine "${name}": there is none of this name`, {
        code: "not_found",
        exit: EXIT.failed,
      });
    }
    io.write(input.flag("json") ? `${JSON.stringify(shown)}\n` : await machinesText(shown));
    return EXIT.done;
  },
});
