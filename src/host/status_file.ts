import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { Latch } from "../util/latch.ts";

/** Name of the status file in the agent's state directory. */
export const STATUS_FILE = "status.json";

/** Options of {@linkcode StatusFile}. */
export interface StatusFileOptions {
  /** Path of the file. */
  readonly path: string;
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Where a write that fails is complained of. */
  readonly log: Log;
  /**
   * Milliseconds between writes at least.
   * @default {1000}
   */
  readonly throttleMs?: number;
}

/**
 * Keeps a JSON file at what it was last told, for whoever looks from outside. The first news after a quiet
 * time is written at once, a storm of them once in a while, the last of them when `run` ends.
 */
export class StatusFile {
  readonly #options: StatusFileOptions;
  readonly #latch = new Latch();
  #make: (() => unknown) | undefined;
  #failed = false;

  constructor(options: StatusFileOptions) {
    this.#options = options;
  }

  /** There is news; `make` gives what is to stand in the file, and is asked when it is written. */
  update(make: () => unknown): void {
    this.#make = make;
    this.#latch.ring();
  }

  /** Writes until `signal` aborts, then what is left, and resolves. */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    const { signal } = options;
    const { clock, throttleMs = 1_000 } = this.#options;
    try {
      for (;;) {
        await this.#latch.wait({ signal });
        this.#write();
        await clock.sleep(throttleMs, { signal });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    this.#write();
  }

  #write(): void {
    const make = this.#make;
    if (make === undefined) return;
    this.#make = undefined;
    const { path, fs, log } = this.#options;
    try {
      const bytes = new TextEncoder().encode(`${JSON.stringify(make())}\n`);
      // What is lost in a power cut is out of date then: no need to wait for the disk.
      replaceFile(fs, path, bytes, { mode: 0o600, durable: false });
      this.#failed = false;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (!this.#failed) log.warn("The status file cannot be written", { path, reason });
      this.#failed = true;
    }
  }
}
