import { CATALOGUE, findCommand } from "./catalogue.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import { describeFailure, failureJson, failureText } from "./failure.ts";
import { suggest } from "./suggest.ts";
import type { Terminal } from "./terminal.ts";
import { VERSION } from "./version.ts";

/**
 * Runs one command line to its end and returns the exit code. Never throws: what fails below becomes one
 * line on standard error, or an object on standard output with `--json`.
 */
export async function main(args: readonly string[], io: Terminal): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    const failure = describeFailure(error);
    if (args.includes("--json")) io.write(failureJson(failure));
    else io.note(failureText(failure));
    return failure.exit;
  }
}

async function dispatch(args: readonly string[], io: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) {
    io.note(overview());
    return EXIT.usage;
  }
  if (name === "--version" || name === "-V") {
    io.write(`machinist ${VERSION}\n`);
    return EXIT.done;
  }
  if (name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    io.write(overview());
    return EXIT.done;
  }
  if (name === "help") return await dispatch([...rest.slice(0, 1), "--help"], io);
  const entry = findCommand(name);
  if (entry === undefined) throw unknownCommand(name);
  const command = await entry.load();
  return await command.run(rest, io);
}

function unknownCommand(name: string): CommandError {
  const kind = name.startsWith("-") ? "flag" : "command";
  const names = kind === "flag" ? ["--help", "--version"] : CATALOGUE.map((entry) => entry.name);
  const near = suggest(name, names);
  return new CommandError(`Cannot run ${kind} "${name}": there is no such ${kind}`, {
    code: "usage",
    exit: EXIT.usage,
    hint: near === undefined ? "machinist --help" : `Did you mean ${near}?`,
  });
}

/** The page of `machinist --help`. */
function overview(): string {
  const width = Math.max(...CATALOGUE.map(({ name }) => name.length));
  const lines = [
    "Signed sets of autonomous agents, kept by a key-value store, in a Deno sandbox.",
    "",
    "Usage: machinist COMMAND [options]",
  ];
  let group = "";
  for (const entry of CATALOGUE) {
    if (entry.group !== group) {
      group = entry.group;
      lines.push("", `${group}:`);
    }
    lines.push(`  ${entry.name.padEnd(width)}  ${entry.summary}`);
  }
  lines.push(
    "",
    "  machinist COMMAND --help   what a command takes, with an example",
    "  machinist --version        the version",
    "",
    "Example:",
    "  $ machinist run ./machines --store nats://nats.example.net:4222 --public-key publisher.pub",
    "",
  );
  return lines.join("\n");
}
