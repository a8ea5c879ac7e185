import type { Command } from "./command.ts";
import type { CommandPage } from "./commander_arguments.ts";
import { EXIT } from "./exit_code.ts";
import { Input } from "./input.ts";
import { longName } from "./long_name.ts";
import { plainArguments } from "./plain_arguments.ts";
import type { Terminal } from "./terminal.ts";

/** A command as its file describes it. */
export interface CommandOptions extends CommandPage {
  /** Does it. */
  action(input: Input, io: Terminal): Promise<number>;
}

/** Makes a {@linkcode Command} out of its description. */
export function defineCommand(options: CommandOptions): Command {
  const { name, summary, args, examples } = options;
  const usage = { args, options: options.options, examples };
  return {
    name,
    summary,
    usage,
    async run(typed, io) {
      const input = await parse(typed, options, io);
      return input === undefined ? EXIT.done : await options.action(input, io);
    },
  };
}

/** Reads the arguments; undefined when help was asked for and has been written. */
async function parse(
  typed: readonly string[],
  options: CommandOptions,
  io: Terminal,
): Promise<Input | undefined> {
  // Commander takes longer to load than most commands to run: it writes help and refuses, and reads what is odd.
  const read = plainArguments(typed, options) ??
    (await import("./commander_arguments.ts")).commanderArguments(typed, options, io);
  if (read === undefined) return undefined;
  const env = new Map<string, string>();
  const fallback = new Map<string, string>();
  for (const option of options.options) {
    const long = longName(option);
    const variable = (option.env ?? []).map((name) => io.env(name)).find(isGiven);
    if (variable !== undefined) env.set(long, variable);
    if (option.fallback !== undefined) fallback.set(long, option.fallback);
  }
  return new Input(read.args, { flags: read.flags, env, config: new Map(), fallback });
}

/** A variable that is set to nothing is not set. */
function isGiven(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}
