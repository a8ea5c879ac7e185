import { DenoClock } from "../../deno/clock.ts";
import { trustPaths } from "../../sets/state_file.ts";
import {
  allowRollback,
  readTrustRecord,
  type TrustRecord,
  withdrawRollback,
} from "../../sets/trust_files.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { CommandError } from "../command_error.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import type { Input } from "../input.ts";
import { DIRECTORY_OPTIONS, JSON_OPTION } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import { trustDocument, trustLines } from "../trust_text.ts";

/** `machinist accept`. */
export const accept: Command = defineCommand({
  name: "accept",
  summary: "Allows one roll-back on this node, once, and shows what the node trusts",
  about:
    "The node takes the signed list with exactly this version up at its next look, although it has had a newer one; " +
    "its log and its state keep the reason. Without --version it only shows what the node remembers.",
  args: [{ form: "[DIR]", about: "the machines directory (default ./machines)" }],
  options: [
    { flags: "--version <N>", about: "the version to go back to" },
    { flags: "--reason <TEXT>", about: "who wants it and why" },
    { flags: "--withdraw", about: "take a permission back that was not used yet" },
    {
      flags: "--manager <NAME>",
      about: "a machine of this node that keeps a list of its own, instead of the built-in manager",
    },
    ...DIRECTORY_OPTIONS.filter(({ flags }) => flags.startsWith("--state")),
    JSON_OPTION,
  ],
  examples: [
    'machinist accept --version 41 --reason "42 broke the printers, ticket 7" /srv/machines',
    "machinist accept /srv/machines",
  ],
  action(input, io) {
    const paths = trustPaths(ownerOf(input, io));
    const version = input.number("version");
    if (input.flag("withdraw")) {
      if (!withdrawRollback(io.fs, paths)) {
        throw refuse("Cannot withdraw the permission: there is none", { code: "not_found" });
      }
    } else if (version !== undefined) {
      const reason = input.text("reason")?.trim() ?? "";
      if (reason === "") {
        throw refuse(`Cannot accept version "${version}": no reason was given`, {
          code: "usage",
          hint: '--reason "who wants it and why"',
        });
      }
      checkOlder(version, readTrustRecord(io.fs, paths));
      allowRollback(io.fs, { paths, version, reason, allowed: new DenoClock().now() });
      io.note("The node takes it up at its next look, within its --manage-interval\n");
    } else if (input.given("reason")) {
      throw refuse("Cannot accept a roll-back: --version is missing", { code: "usage" });
    }
    const document = trustDocument(readTrustRecord(io.fs, paths));
    if (input.flag("json")) io.write(`${JSON.stringify(document)}\n`);
    else for (const line of trustLines(document)) io.write(`${line}\n`);
    return Promise.resolve(EXIT.done);
  },
});

/** Where the trust lies that is asked for. Throws CommandError for a directory where no agent has run. */
function ownerOf(input: Input, io: Terminal) {
  const machines = absolutePath(input.args[0] ?? "machines", io.cwd);
  const state = input.text("state");
  const stateDirectory = state === undefined
    ? `${machines === "/" ? "" : machines}/.machinist`
    : absolutePath(state, io.cwd);
  const manager = input.text("manager");
  if (manager !== undefined && !/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(manager)) {
    throw refuse(`Cannot use --manager "${manager}": it is no name of a machine`, {
      code: "usage",
    });
  }
  if (io.fs.lstat(stateDirectory)?.kind !== "directory") {
    throw refuse(`Cannot read the trust of "${machines}": no agent has run there`, {
      code: "not_found",
      hint: "machinist accept DIR names the machines directory",
    });
  }
  return {
    machines,
    stateDirectory,
    owner: manager === undefined ? "manager" : `managers/${manager}`,
  };
}

/** A permission that would never be used is a mistake of whoever gives it. */
function checkOlder(version: number, { state }: TrustRecord): void {
  const floor = state?.floor;
  if (floor !== undefined && version < floor.version) return;
  const why = floor === undefined
    ? "the node has accepted no list with a version"
    : version === floor.version
    ? "the node has accepted just this version, and other content under it is never taken"
    : `the node has accepted ${floor.version} and takes a newer one by itself`;
  throw refuse(`Cannot accept version "${version}": ${why}`, { code: "not_older" });
}

function refuse(
  message: string,
  { code, hint }: { readonly code: string; readonly hint?: string },
): CommandError {
  const exit = code === "usage" ? EXIT.usage : EXIT.failed;
  return new CommandError(message, { code, exit, hint });
}
