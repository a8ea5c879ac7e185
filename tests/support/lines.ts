/** Gathers the lines of a stream, and lets a test wait for one. */
export class Lines {
  readonly #lines: string[] = [];
  readonly #waiting = new Set<() => void>();
  #ended = false;
  /** Resolves when the stream has ended. */
  readonly done: Promise<void>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.done = this.#read(stream);
  }

  /** All lines so far. */
  get all(): readonly string[] {
    return this.#lines;
  }

  /** Everything so far as one text. */
  get text(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  /**
   * The first line that contains or matches `what`, among those so far and those to come. Rejects when the
   * stream ends or `timeoutMs` passes first, with all lines in the message.
   */
  async wait(what: string | RegExp, options: WaitOptions = {}): Promise<string> {
    const { timeoutMs = 20_000, after = 0 } = options;
    const matches = (line: string) =>
      typeof what === "string" ? line.includes(what) : what.test(line);
    const timeout = AbortSignal.timeout(timeoutMs);
    for (let next = after;; next++) {
      while (next >= this.#lines.length) {
        if (this.#ended) {
          throw new Error(`Cannot find line "${what}": the stream ended\n${this.text}`);
        }
        if (timeout.aborted) {
          throw new Error(`Cannot find line "${what}": none within ${timeoutMs} ms\n${this.text}`);
        }
        await this.#more(timeout);
      }
      const line = this.#lines[next] ?? "";
      if (matches(line)) return line;
    }
  }

  #more(signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => {
      this.#waiting.delete(wake);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    return promise;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    try {
      for await (const chunk of stream) {
        const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = parts.pop() ?? "";
        this.#lines.push(...parts);
        this.#wake();
      }
    } finally {
      if (rest !== "") this.#lines.push(rest);
      this.#ended = true;
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}

/** Options of {@linkcode Lines.wait}. */
export interface WaitOptions {
  /**
   * Gives up after this many milliseconds.
   * @default {20_000}
   */
  readonly timeoutMs?: number;
  /**
   * Lines to skip: take `lines.all.length` before acting, to wait for what comes after.
   * @default {0}
   */
  readonly after?: number;
}
