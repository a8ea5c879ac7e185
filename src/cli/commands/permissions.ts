import { neededPermissions, nodeFlags } from "../../agent/permissions.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { nodeReach } from "../node_reach.ts";
import { readNodeSettings } from "../node_settings.ts";
import { JSON_OPTION, RUN_OPTIONS } from "../options.ts";
import { systemdUnit } from "../systemd_unit.ts";

/** What stands in the directory is all that can be looked at; what a list brings later cannot. */
const NO_COMMANDS =
  "no machine that stands there runs a command: give --allow-run=COMMAND for what machines of the list run";

/** `machinist permissions`. */
export const permissions: Command = defineCommand({
  name: "permissions",
  summary: "Prints the exact Deno permissions that a node with these options needs",
  args: [{ form: "[DIR]", about: "the machines directory (default ./machines)" }],
  options: [
    ...RUN_OPTIONS,
    { flags: "--systemd", about: "print a systemd unit that runs the node with them" },
    JSON_OPTION,
  ],
  examples: [
    "machinist permissions /srv/machines --store nats://n1:4222 --allow-host h1 --identity web1",
  ],
  async action(typed, io) {
    const settings = await readNodeSettings(typed, io, { start: false });
    const { reach, notes: found } = await nodeReach(settings, io);
    const notes = settings.role !== "manage" && reach.commands.length === 0
      ? [...found, NO_COMMANDS]
      : found;
    const flags = nodeFlags(reach);
    for (const note of notes) io.note(`note: ${note}\n`);
    if (settings.input.flag("json")) {
      io.write(`${JSON.stringify({ flags, needs: neededPermissions(reach), notes })}\n`);
    } else if (settings.input.flag("systemd")) {
      io.write(systemdUnit(settings, flags));
    } else {
      io.write(`${flags.map(shellWord).join(" ")}\n`);
    }
    return EXIT.done;
  },
});

function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./[\]-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
