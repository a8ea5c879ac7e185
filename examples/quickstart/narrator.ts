import type { Log, LogFields } from "../../mod.ts";

/** Tells on stdout what happens, and lets the story wait for it. Takes the place of a node's log. */
export class Narrator implements Log {
  readonly #print: (line: string) => void;
  readonly #started = performance.now();
  readonly #waiting = new Set<(message: string, fields: LogFields) => void>();
  readonly #told: { readonly message: string; readonly fields: LogFields }[] = [];
  #chapter = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  /** Begins a new part of the story; what was told before it no longer counts for {@linkcode until}. */
  chapter(title: string): void {
    this.#chapter += 1;
    this.#told.length = 0;
    this.#print(`\n${this.#chapter}. ${title}`);
  }

  /** One line of the story. */
  line(text: string): void {
    const seconds = ((performance.now() - this.#started) / 1000).toFixed(2).padStart(5);
    this.#print(`   ${seconds}s  ${text}`);
  }

  /** Resolves once `message` has been told with all of `fields` in this chapter. */
  async until(message: string, fields: LogFields, signal: AbortSignal): Promise<void> {
    const isIt = (told: string, with_: LogFields) =>
      told === message &&
      Object.entries(fields).every(([key, value]) =>
        JSON.stringify(with_[key]) === JSON.stringify(value)
      );
    if (this.#told.some((entry) => isIt(entry.message, entry.fields))) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const listener = (told: string, with_: LogFields) => {
      if (isIt(told, with_)) resolve();
    };
    const give_up = () =>
      reject(new Error(`Cannot go on: waited for "${message}"`, { cause: signal.reason }));
    this.#waiting.add(listener);
    signal.addEventListener("abort", give_up, { once: true });
    try {
      await promise;
    } finally {
      this.#waiting.delete(listener);
      signal.removeEventListener("abort", give_up);
    }
  }

  debug(_message: string): void {}

  info(message: string, fields: LogFields = {}): void {
    this.#tell(message, fields);
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#tell(message, fields);
  }

  error(message: string, fields: LogFields = {}): void {
    this.#tell(message, fields);
  }

  #tell(message: string, fields: LogFields): void {
    const words = Object.entries(fields).filter(([, value]) =>
      value !== undefined && !isEmpty(value)
    )
      .map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
    this.line(`${message}  ${words.join("  ")}`);
    this.#told.push({ message, fields });
    for (const listener of [...this.#waiting]) listener(message, fields);
  }
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
