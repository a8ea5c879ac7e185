import { DENO_RUN, ROOT } from "./command.ts";
import { Lines, type WaitOptions } from "../tests/support/lines.ts";

/** A process of ours that goes on and answers: one line of JSON each way. */
export class Child implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  /** What it writes to stdout. */
  readonly output: Lines;
  /** What it writes to stderr. */
  readonly errors: Lines;

  constructor(args: readonly string[]) {
    this.#process = new Deno.Command(Deno.execPath(), {
      args: [...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
    this.output = new Lines(this.#process.stdout);
    this.errors = new Lines(this.#process.stderr);
  }

  /** Its process id. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends one request and waits for its answer. */
  async ask(
    request: Readonly<Record<string, unknown>>,
    options: WaitOptions = {},
  ): Promise<Answer> {
    const after = this.output.all.length;
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    const line = await this.output.wait("{", { timeoutMs: 120_000, after, ...options })
      .catch((error) => {
        throw new Error(
          `Cannot hear of child "${this.pid}": ${error.message}\n${this.errors.text}`,
        );
      });
    const answer = JSON.parse(line) as Answer;
    if (answer["error"] === undefined) return answer;
    throw new Error(`Cannot go on: child "${this.pid}" says: ${String(answer["error"])}`);
  }

  /** Asks it to end, and waits. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended already.
    }
    await this.#process.status;
    await Promise.all([this.output.done, this.errors.done]);
    await this.#input.abort().catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop("SIGKILL");
  }
}

/** What a child answers. */
export type Answer = Readonly<Record<string, unknown>>;

/** Starts `bench/children/<name>.ts`. */
export function startChild(name: string, args: readonly string[] = []): Child {
  return new Child([...DENO_RUN, `${ROOT}/bench/children/${name}.ts`, ...args]);
}

/** Starts the command line from this checkout. */
export function startMachinist(args: readonly string[], flags: readonly string[] = []): Child {
  return new Child([...DENO_RUN, ...flags, `${ROOT}/cli.ts`, ...args]);
}
