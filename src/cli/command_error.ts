import type { ExitCode } from "./exit_code.ts";

/** A command ends early: one line for people, a code for programs, an exit code for the shell. */
export class CommandError extends Error {
  /** Name of the class. */
  override readonly name = "CommandError";
  /** Stable machine-readable reason, for example `usage` or `locked`. */
  readonly code: string;
  /** Exit code of the process. */
  readonly exit: ExitCode;
  /** What to do about it. */
  readonly hint: string | undefined;

  /** `message` in house style, one line. */
  constructor(message: string, options: CommandErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.exit = options.exit;
    this.hint = options.hint;
  }
}

/** Options of {@linkcode CommandError}. */
export interface CommandErrorOptions {
  /** Stable machine-readable reason. */
  readonly code: string;
  /** Exit code of the process. */
  readonly exit: ExitCode;
  /** What to do about it, one line. */
  readonly hint?: string | undefined;
  /** What went wrong below. */
  readonly cause?: unknown;
}
