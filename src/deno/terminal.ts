import type { Fs } from "../ports/fs.ts";
import { DenoFs } from "./fs.ts";

/** The process's own standard streams, variables and signals. */
export class DenoTerminal {
  /** Whether colour is welcome: a terminal, and no NO_COLOR. */
  readonly colour: boolean = Deno.stdout.isTerminal() && !Deno.noColor;
  /** Whether a person looks on. */
  readonly interactive: boolean = Deno.stderr.isTerminal();
  /** Files. */
  readonly fs: Fs = new DenoFs();

  /** Absolute path of the working directory. */
  get cwd(): string {
    return Deno.cwd();
  }

  /** Writes to standard output. */
  write(text: string): void {
    writeAll(Deno.stdout, text);
  }

  /** Writes to standard error. */
  note(text: string): void {
    writeAll(Deno.stderr, text);
  }

  /** All of standard input, at most `limit` bytes; RangeError beyond. */
  async input(limit: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let size = 0;
    for await (const part of Deno.stdin.readable) {
      size += part.length;
      if (size > limit) {
        throw new RangeError(`Cannot read standard input "-": more than ${limit} bytes`);
      }
      parts.push(part);
    }
    const bytes = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  /**
   * A variable; undefined when it is not set or may not be read. Asked first, because reading without the
   * permission would prompt on a terminal.
   */
  env(name: string): string | undefined {
    const { state } = Deno.permissions.querySync({ name: "env", variable: name });
    return state === "granted" ? Deno.env.get(name) : undefined;
  }

  /** Calls `handler` at each signal until disposed. */
  onSignal(name: "SIGINT" | "SIGTERM" | "SIGHUP", handler: () => void): Disposable {
    Deno.addSignalListener(name, handler);
    return { [Symbol.dispose]: () => Deno.removeSignalListener(name, handler) };
  }

  /** Ends the process at once. */
  exit(code: number): void {
    Deno.exit(code);
  }
}

/** Writes everything, and is quiet when nobody reads any more (`machinist ... | head`). */
function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    let at = 0;
    while (at < bytes.length) at += stream.writeSync(bytes.subarray(at));
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
