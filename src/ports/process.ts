/** Runs commands. */
export interface Process {
  /** Where commands without a slash are looked up, as `PATH` has it; undefined when that may not be asked. */
  readonly searchPath?: string;
  /**
   * Runs one command to its end, in a process group of its own. On abort or timeout the whole group gets
   * SIGTERM and, after `graceMs`, SIGKILL. Rejects with {@linkcode ProcessError} only when it cannot start;
   * an abort rejects with `signal.reason` once the group is gone.
   */
  run(command: readonly string[], options: RunOptions): Promise<RunResult>;
}

/** Options of {@linkcode Process.run}. */
export interface RunOptions {
  /** Working directory. */
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Kills after this many milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of output that are kept; the rest is read and dropped. */
  readonly outputLimit: number;
  /**
   * Milliseconds between SIGTERM and SIGKILL.
   * @default {2000}
   */
  readonly graceMs?: number;
  /** Ends the command. */
  readonly signal: AbortSignal;
}

/** How a command ended. */
export interface RunResult {
  /** Exit code; 128 + signal number when killed. */
  readonly code: number;
  /** True when `timeoutMs` ended it. */
  readonly timedOut: boolean;
  /** Standard output and standard error together, cut at `outputLimit`. */
  readonly output: Uint8Array;
  /** True when output was dropped. */
  readonly truncated: boolean;
}

/** A command could not be started. */
export class ProcessError extends Error {
  /** Its class, for logs. */
  override readonly name = "ProcessError";
  /** `permission` is Deno's refusal (`--allow-run`). */
  readonly code: "not_found" | "permission" | "denied" | "failed";

  /** Makes one; `message` is for people. */
  constructor(
    message: string,
    options: { readonly code: ProcessError["code"]; readonly cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}
