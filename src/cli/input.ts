import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";

/** Where a value came from; earlier ones win. */
interface Sources {
  readonly flags: ReadonlyMap<string, readonly string[]>;
  readonly env: ReadonlyMap<string, string>;
  readonly config: ReadonlyMap<string, readonly string[]>;
  readonly fallback: ReadonlyMap<string, string>;
}

/** What was typed, with environment, configuration file and defaults behind it. */
export class Input {
  /** Positional arguments in order. */
  readonly args: readonly string[];
  readonly #sources: Sources;

  constructor(args: readonly string[], sources: Sources) {
    this.args = args;
    this.#sources = sources;
  }

  /** The same with the values of a configuration file behind flags and environment. */
  withConfig(config: ReadonlyMap<string, readonly string[]>): Input {
    return new Input(this.args, { ...this.#sources, config });
  }

  /** The positional argument at `index`; TypeError when the command forgot to declare it. */
  arg(index: number): string {
    const value = this.args[index];
    if (value === undefined) {
      throw new TypeError(`Cannot read argument "${index}": it is not declared`);
    }
    return value;
  }

  /** Whether somebody said it: a flag, a variable or the configuration, and not only the default. */
  given(name: string): boolean {
    const { flags, env, config } = this.#sources;
    return flags.has(name) || env.has(name) || config.has(name);
  }

  /** Whether a switch is on. */
  flag(name: string): boolean {
    const value = this.list(name).at(-1);
    return value === "true";
  }

  /** The last value of an option. */
  text(name: string): string | undefined {
    return this.list(name).at(-1);
  }

  /** All values of an option that may be repeated. */
  list(name: string): readonly string[] {
    const { flags, env, config, fallback } = this.#sources;
    const typed = flags.get(name);
    if (typed !== undefined) return typed;
    const variable = env.get(name);
    if (variable !== undefined) return [variable];
    const configured = config.get(name);
    if (configured !== undefined) return configured;
    const value = fallback.get(name);
    return value === undefined ? [] : [value];
  }

  /** A whole number of an option. */
  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    if (!/^[0-9]{1,15}$/.test(text)) {
      throw new CommandError(`Cannot read --${name} "${text}": not a whole number`, {
        code: "usage",
        exit: EXIT.usage,
      });
    }
    return Number(text);
  }
}
