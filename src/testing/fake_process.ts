import { type Process, ProcessError, type RunOptions, type RunResult } from "../ports/process.ts";

/** What a command of a {@linkcode FakeProcess} does. Fields left out: success without output. */
export type FakeCommand = (
  command: readonly string[],
  options: RunOptions,
) => Promise<Partial<RunResult>> | Partial<RunResult>;

/** One run that happened. */
export interface FakeRun {
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** How it was run. */
  readonly options: RunOptions;
}

/** Commands that the test writes itself, by their name; one that nobody wrote is not found. */
export class FakeProcess implements Process {
  #commands = new Map<string, FakeCommand>();
  #runs: FakeRun[] = [];
  #running = 0;

  /** Every run, oldest first. */
  get runs(): readonly FakeRun[] {
    return this.#runs;
  }

  /** How many commands are running now. */
  get running(): number {
    return this.#running;
  }

  /** Defines what the command `name` does. */
  on(name: string, command: FakeCommand): this {
    this.#commands.set(name, command);
    return this;
  }

  async run(command: readonly string[], options: RunOptions): Promise<RunResult> {
    options.signal.throwIfAborted();
    this.#runs.push({ command, options });
    const name = command[0] ?? "";
    const found = this.#commands.get(name);
    if (found === undefined) {
      throw new ProcessError(`Cannot run "${name}": no such command`, { code: "not_found" });
    }
    this.#running++;
    try {
      return shorten(await ended(found, command, options), options.outputLimit);
    } finally {
      this.#running--;
    }
  }
}

/** What the command gives, unless the signal aborts first: an abort always ends a command. */
function ended(
  found: FakeCommand,
  command: readonly string[],
  options: RunOptions,
): Promise<Partial<RunResult>> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(options.signal.reason);
    options.signal.addEventListener("abort", abort, { once: true });
    Promise.resolve().then(() => found(command, options)).then(resolve, reject)
      .finally(() => options.signal.removeEventListener("abort", abort));
  });
}

function shorten(result: Partial<RunResult>, limit: number): RunResult {
  const output = result.output ?? new Uint8Array();
  return {
    code: result.code ?? 0,
    timedOut: result.timedOut ?? false,
    output: output.subarray(0, limit),
    truncated: result.truncated ?? output.length > limit,
  };
}
