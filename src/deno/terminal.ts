import type { Fs } from "../ports/fs.ts";
import { DenoFs } from "./fs.ts";
import { fsError } from "./fs_error.ts";

/** The process's own standard streams, variables and signals. */
export class DenoTerminal {
  /** Whether standard output is a terminal. */
  readonly screen: boolean = Deno.stdout.isTerminal();
  /** Whether standard error is a terminal. */
  readonly interactive: boolean = Deno.stderr.isTerminal();
  /** Whether colour is welcome on standard output: a terminal, and no NO_COLOR. */
  readonly colour: boolean = this.screen && !Deno.noColor;
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

  /** All of a file, links followed, `-` for standard input; at most `limit` bytes. */
  async readFile(path: string, limit: number): Promise<Uint8Array> {
    if (path === "-") return await readAll(Deno.stdin.readable, "standard input", limit);
    try {
      using file = Deno.openSync(path);
      // Streams and their thread take longer to start than a whole short command.
      const { isFile } = file.statSync();
      return await readAll(isFile ? pieces(file) : file.readable, `"${path}"`, limit);
    } catch (error) {
      throw error instanceof RangeError ? error : fsError(error, { verb: "read", path });
    }
  }

  /** The text of a file, links followed; undefined when there is none. */
  readText(path: string): string | undefined {
    try {
      return Deno.readTextFileSync(path);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw fsError(error, { verb: "read", path });
    }
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

/** What is left of a file, piece by piece. */
function* pieces(file: Deno.FsFile): Generator<Uint8Array> {
  for (;;) {
    const buffer = new Uint8Array(64 * 1024);
    const count = file.readSync(buffer);
    if (count === null) return;
    yield buffer.subarray(0, count);
  }
}

async function readAll(
  stream: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  limit: number,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stream) {
    size += part.length;
    if (size > limit) throw new RangeError(`Cannot read ${name}: it has more than ${limit} bytes`);
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
