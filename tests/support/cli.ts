import { Lines, type WaitOptions } from "./lines.ts";

/** Absolute path of the checkout. */
export const ROOT = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");

/** What {@linkcode runCli} and {@linkcode startCli} may be told. */
export interface CliOptions {
  /** Environment beside PATH, HOME and DENO_DIR; nothing else is inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory; the checkout when left out. */
  readonly cwd?: string;
  /**
   * Deno flags for rights.
   * @default {["-A"]}
   */
  readonly permissions?: readonly string[];
}

/** Options of {@linkcode runCli}. */
export interface RunCliOptions extends CliOptions {
  /** What the command reads on stdin; nothing when left out. */
  readonly stdin?: string | Uint8Array;
  /**
   * Kills the command after this many milliseconds: its code is then 137.
   * @default {60_000}
   */
  readonly timeoutMs?: number;
}

/** How a command ended. */
export interface CliResult {
  /** Exit code; 128 + signal when killed. */
  readonly code: number;
  /** Everything on stdout. */
  readonly stdout: string;
  /** Everything on stderr. */
  readonly stderr: string;
}

/** Runs `cli.ts` as a process, to its end. */
export async function runCli(
  args: readonly string[],
  options: RunCliOptions = {},
): Promise<CliResult> {
  const { stdin = "", timeoutMs = 60_000 } = options;
  const child = command(args, options).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    const writer = child.stdin.getWriter();
    const bytes = typeof stdin === "string" ? new TextEncoder().encode(stdin) : stdin;
    // A command that does not read its input closes it: that is its right.
    const written = writer.write(bytes).then(() => writer.close()).catch(() => {});
    const { code, stdout, stderr } = await child.output();
    await written;
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  } finally {
    clearTimeout(timer);
  }
}

/** A command that goes on, until it is stopped or disposed. */
export class RunningCli implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  /** Its stdout. */
  readonly stdout: Lines;
  /** Its stderr. */
  readonly stderr: Lines;
  /** How it ended, once it has. */
  readonly status: Promise<Deno.CommandStatus>;

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.stdout = new Lines(child.stdout);
    this.stderr = new Lines(child.stderr);
    this.status = child.status;
  }

  /** Its process id. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The first line on stdout that contains or matches `what`; see {@linkcode Lines.wait}. */
  waitForLine(what: string | RegExp, options?: WaitOptions): Promise<string> {
    return this.stdout.wait(what, options);
  }

  /** The same on stderr, where the log goes. */
  waitForLog(what: string | RegExp, options?: WaitOptions): Promise<string> {
    return this.stderr.wait(what, options);
  }

  /** Sends a signal without waiting. */
  signal(name: Deno.Signal): void {
    try {
      this.#child.kill(name);
    } catch {
      // It has ended already.
    }
  }

  /** Sends a signal and waits for the end: exit code, all of stdout, all of stderr. */
  async stop(name: Deno.Signal = "SIGTERM"): Promise<CliResult> {
    this.signal(name);
    const { code } = await this.status;
    await Promise.all([this.stdout.done, this.stderr.done]);
    return { code, stdout: this.stdout.text, stderr: this.stderr.text };
  }

  /** Kills it when it still runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}

/** Starts `cli.ts` as a process that goes on: `await using agent = startCli(["run", ...])`. */
export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = command(args, options).spawn();
  child.stdin.close().catch(() => {});
  return new RunningCli(child);
}

function command(args: readonly string[], options: CliOptions): Deno.Command {
  const { cwd = ROOT, env = {}, permissions = ["-A"] } = options;
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--quiet", ...permissions, `${ROOT}/cli.ts`, ...args],
    cwd,
    clearEnv: true,
    env: { ...inherited(), ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
}

/** What Deno itself needs to find its cache; the coverage directory, so that processes are counted too. */
function inherited(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const name of ["PATH", "HOME", "DENO_DIR", "DENO_COVERAGE_DIR", "NPM_CONFIG_REGISTRY"]) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}
