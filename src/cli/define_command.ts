import { Command as Parser, CommanderError, Option } from "commander";
import type { Command, OptionUsage, Usage } from "./command.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import { Input } from "./input.ts";
import type { Terminal } from "./terminal.ts";

/** A command as its file describes it. */
export interface CommandOptions extends Usage {
  /** As it is typed. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** More for its help page. */
  readonly about?: string;
  /** Does it. */
  action(input: Input, io: Terminal): Promise<number>;
}

/** Columns of help pages, whatever the terminal: they are compared with snapshots. */
const HELP_WIDTH = 100;

/** Makes a {@linkcode Command} whose arguments are read by commander. */
export function defineCommand(options: CommandOptions): Command {
  const { name, summary, args, examples } = options;
  const usage = { args, options: options.options, examples };
  return {
    name,
    summary,
    usage,
    run(typed, io) {
      const input = parse(typed, options, io);
      return input === undefined ? Promise.resolve(EXIT.done) : options.action(input, io);
    },
  };
}

/** Reads the arguments; undefined when help was asked for and has been written. */
function parse(typed: readonly string[], options: CommandOptions, io: Terminal): Input | undefined {
  const parser = makeParser(options, io);
  try {
    parser.parse([...typed], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return undefined;
    const [what, suggestion] = error.message.replace(/^error: /, "").replaceAll("'", '"').split(
      "\n",
    );
    throw new CommandError(`Cannot read the arguments of "${options.name}": ${what}`, {
      code: "usage",
      exit: EXIT.usage,
      hint: suggestion === undefined || suggestion === ""
        ? `machinist ${options.name} --help`
        : suggestion.replace(/^\((.*)\)$/, "$1"),
    });
  }
  const values = new Map<string, unknown>(Object.entries(parser.opts()));
  const flags = new Map<string, readonly string[]>();
  const env = new Map<string, string>();
  const fallback = new Map<string, string>();
  for (const option of options.options) {
    const long = longName(option);
    const texts = asTexts(long, values);
    if (texts !== undefined) flags.set(long, texts);
    const variable = (option.env ?? []).map((name) => io.env(name)).find(isGiven);
    if (variable !== undefined) env.set(long, variable);
    if (option.fallback !== undefined) fallback.set(long, option.fallback);
  }
  return new Input(parser.args, { flags, env, config: new Map(), fallback });
}

/** A variable that is set to nothing is not set. */
function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function makeParser(
  { name, summary, about, args, options, examples }: CommandOptions,
  io: Terminal,
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

/** The long name of a flag without its dashes: `store` of `-s, --store <URL>`. */
export function longName(option: OptionUsage): string {
  const long = /--([a-z][a-z-]*)/.exec(option.flags)?.[1];
  if (long === undefined) {
    throw new TypeError(`Cannot declare option "${option.flags}": it has no long name`);
  }
  return long;
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
