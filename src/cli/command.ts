import type { EnvironmentName, Terminal } from "./terminal.ts";

/** One command: a file of its own that is loaded only when it is called. */
export interface Command {
  /** As it is typed. */
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What it takes, as data: help, completions and documents are made from it. */
  readonly usage: Usage;
  /** Runs to the end and returns the exit code; throws {@linkcode CommandError} or a domain error. */
  run(args: readonly string[], io: Terminal): Promise<number>;
}

/** What a command takes. */
export interface Usage {
  /** Positional arguments: `<FILE>`, `[KEY]`, `[KEY...]`. */
  readonly args: readonly ArgumentUsage[];
  /** Flags. */
  readonly options: readonly OptionUsage[];
  /** One line each, as typed. */
  readonly examples: readonly string[];
}

/** One positional argument. */
export interface ArgumentUsage {
  /** For example `<FILE>` or `[KEY...]`. */
  readonly form: string;
  /** One line. */
  readonly about: string;
}

/** One flag. */
export interface OptionUsage {
  /** For example `--json`, `--store <URL>`, `-h, --host <HOST>`. */
  readonly flags: string;
  /** One line. */
  readonly about: string;
  /** May be given more than once. */
  readonly many?: boolean;
  /** Variables that stand in when the flag is absent; the first that is set wins. */
  readonly env?: readonly EnvironmentName[];
  /** Value when nothing else says. */
  readonly fallback?: string;
}
