import type { Fs } from "../../src/ports/fs.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { DenoTerminal } from "../../src/deno/terminal.ts";
import type { EnvironmentName, SignalName, Terminal } from "../../src/cli/terminal.ts";

/** Options of {@linkcode FakeTerminal}. */
export interface FakeTerminalOptions {
  /** Variables. */
  readonly env?: Readonly<Partial<Record<EnvironmentName, string>>>;
  /** Standard input. */
  readonly input?: string;
  /** Working directory; `/` when left out. */
  readonly cwd?: string;
}

/** A terminal that keeps what was written; files are the real ones. */
export class FakeTerminal implements Terminal {
  readonly #options: FakeTerminalOptions;
  readonly #handlers = new Map<SignalName, Set<() => void>>();
  readonly colour = false;
  readonly screen = false;
  readonly interactive = false;
  readonly fs: Fs = new DenoFs();
  /** Everything on standard output. */
  stdout = "";
  /** Everything on standard error. */
  stderr = "";
  /** Exit codes that were asked for. */
  readonly exits: number[] = [];

  constructor(options: FakeTerminalOptions = {}) {
    this.#options = options;
  }

  get cwd(): string {
    return this.#options.cwd ?? "/";
  }

  write(text: string): void {
    this.stdout += text;
  }

  note(text: string): void {
    this.stderr += text;
  }

  async readFile(path: string): Promise<Uint8Array> {
    if (path === "-") return new TextEncoder().encode(this.#options.input ?? "");
    return await new DenoTerminal().readFile(path, 1 << 24);
  }

  readText(path: string): string | undefined {
    return new DenoTerminal().readText(path);
  }

  env(name: EnvironmentName): string | undefined {
    return this.#options.env?.[name];
  }

  onSignal(name: SignalName, handler: () => void): Disposable {
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(handler));
    return { [Symbol.dispose]: () => handlers.delete(handler) };
  }

  /** Sends a signal to whoever listens. */
  signal(name: SignalName): void {
    for (const handler of [...this.#handlers.get(name) ?? []]) handler();
  }

  exit(code: number): void {
    this.exits.push(code);
  }
}
