import { askAgent } from "../../agent/ask_agent.ts";
import { DenoClock } from "../../deno/clock.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { DIRECTORY_OPTIONS, JSON_OPTION } from "../options.ts";

/** Milliseconds that an agent has for its answer. */
const PATIENCE_MS = 10_000;

/** `machinist transition`. */
export const transition: Command = defineCommand({
  name: "transition",
  summary: "Fires an event on a machine of the running agent",
  args: [
    { form: "<NAME>", about: "the machine; machine_manager is the built-in manager" },
    { form: "<EVENT>", about: "the event" },
  ],
  options: [...DIRECTORY_OPTIONS, JSON_OPTION],
  examples: ["machinist transition machine_manager enter_maintenance --machines /srv/machines"],
  async action(input, io) {
    const [machine, event] = [input.arg(0), input.arg(1)];
    const directory = absolutePath(input.text("machines") ?? "", io.cwd);
    const state = input.text("state");
    const answer = await askAgent({ machine, event }, {
      fs: io.fs,
      clock: new DenoClock(),
      state: state === undefined ? `${directory}/.machinist` : absolutePath(state, io.cwd),
      timeoutMs: PATIENCE_MS,
    });
    if (answer === undefined) {
      throw new CommandError(`Cannot fire "${event}" on "${machine}": no agent answers`, {
        code: "no_agent",
        exit: EXIT.failed,
        hint: `machinist run ${directory}`,
      });
    }
    if (!answer.ok) {
      throw new CommandError(`Cannot fire "${event}" on "${machine}": ${answer.reason}`, {
        code: "transition",
        exit: EXIT.failed,
      });
    }
    io.write(
      input.flag("json")
        ? `${JSON.stringify({ machine, event, ok: true })}\n`
        : `${machine}: ${event}\n`,
    );
    return EXIT.done;
  },
});
