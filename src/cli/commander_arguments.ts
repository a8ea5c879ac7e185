import { Command as Parser, CommanderError, Option } from "commander";
import type { OptionUsage, Usage } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import { longName } from "./long_name.ts";
import type { TypedArguments } from "./plain_arguments.ts";
import type { Terminal } from "./terminal.ts";

/** What a command's help page tells. */
export interface CommandPage extends Usage {
  /** As it is typed. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More for its help page. */
  readonly about?: string;
}

/** Columns of help pages, whatever the terminal: they are compared with snapshots. */
const HELP_WIDTH = 100;

/** Reads what was typed by commander; undefined when help was asked for and has been written. */
export function commanderArguments(
  typed: readonly string[],
  options: CommandPage,
  io: Pick<Terminal, "write">,
): TypedArguments | undefined {
  const parser = makeParser(options, io);
  try {
    parser.parse([...typed], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return undefined;
    throw refusal(error, options.name);
  }
  const values = new Map<string, unknown>(Object.entries(parser.opts()));
  const flags = new Map<string, readonly string[]>();
  for (const option of options.options) {
    const long = longName(option);
    const texts = asTexts(long, values);
    if (texts !== undefined) flags.set(long, texts);
  }
  return { args: parser.args, flags };
}

function refusal(error: CommanderError, name: string): CommandError {
  const [what, suggestion] = error.message.replace(/^error: /, "").replaceAll("'", '"').split("\n");
  return new CommandError(`Cannot read the arguments of "${name}": ${what}`, {
    code: "usage",
    exit: EXIT.usage,
    hint: suggestion === undefined || suggestion === ""
      ? `machinist ${name} --help`
      : suggestion.replace(/^\((.*)\)$/, "$1"),
  });
}

function makeParser(
  { name, summary, about, args, options, examples }: CommandPage,
  io: Pick<Terminal, "write">,
): Parser {
  const parser = new Parser(`machinist ${name}`)
    .description(about === undefined ? `${summary}.` : `${summary}.\n\n${about}`)
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption("-h, --help", "show this page")
    .configureOutput({
      writeOut: (text) => io.write(text),
      writeErr: () => {},
      getOutHelpWidth: () => HELP_WIDTH,
      getErrHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    });
  for (const { form, about } of args) parser.argument(form, about);
  for (const option of options) parser.addOption(makeOption(option));
  const lines = examples.map((line) => `  $ ${line}`).join("\n");
  return parser.addHelpText(
    "after",
    `\n${examples.length > 1 ? "Examples" : "Example"}:\n${lines}`,
  );
}

function makeOption(option: OptionUsage): Option {
  const notes = [
    ...(option.env === undefined ? [] : [`env ${option.env.join(", then ")}`]),
    ...(option.fallback === undefined ? [] : [`default ${option.fallback}`]),
    ...(option.many === true ? ["repeatable"] : []),
  ];
  const about = notes.length === 0 ? option.about : `${option.about} (${notes.join(", ")})`;
  const made = new Option(option.flags, about);
  if (option.many === true) {
    made.argParser((value: string, previous: unknown) => [
      ...(Array.isArray(previous) ? previous : []),
      value,
    ]);
  }
  return made;
}

/** The texts that commander read for a flag; `--no-x` is on when commander says that x is off. */
function asTexts(
  long: string,
  values: ReadonlyMap<string, unknown>,
): readonly string[] | undefined {
  const negative = long.startsWith("no-");
  const key = (negative ? long.slice(3) : long).replace(
    /-([a-z])/g,
    (_, letter) => letter.toUpperCase(),
  );
  const value = values.get(key);
  if (negative) return value === false ? ["true"] : undefined;
  if (value === undefined || value === false) return undefined;
  return Array.isArray(value) ? value.map(String) : [String(value)];
}
