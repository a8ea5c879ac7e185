import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { Latch } from "../util/latch.ts";
import { firstOf } from "../util/race.ts";
import type { NodeStatus } from "./node_status.ts";

/** Options of {@linkcode StatusFile}. */
export interface StatusFileOptions {
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Hears when the file cannot be written, once. */
  readonly log: Log;
  /** Absolute path of the file. */
  readonly path: string;
}

/** Milliseconds in which several changes become one write. */
const GATHER_MS = 50;

/** Milliseconds between two writes at least: a hundred machines change all the time, and nobody reads that fast. */
const SPACING_MS = 1_000;

/** A status is written at least this often, so that a reader can tell a dead agent, milliseconds. */
export const STATUS_BEAT_MS = 30_000;

/** Keeps a node's status in a file for whoever asks, also without the agent. Not durable: it is made anew. */
export class StatusFile {
  readonly #options: StatusFileOptions;
  readonly #latch = new Latch();
  #compose: (() => NodeStatus) | undefined;
  #pending = false;
  #failed = false;
  #running = false;

  constructor(options: StatusFileOptions) {
    this.#options = options;
  }

  /**
   * The status has changed: `compose` makes it when it is to be written, once for many changes. After the end of
   * {@linkcode StatusFile.run} that is at once.
   */
  write(compose: () => NodeStatus): void {
    this.#compose = compose;
    this.#pending = true;
    if (this.#running) this.#latch.ring();
    else this.#flush();
  }

  /** Writes what there is to write, until `signal` aborts. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { clock } = this.#options;
    this.#running = true;
    let earliest = clock.monotonic();
    try {
      while (!signal.aborted) {
        await firstOf([
          (inner) => this.#latch.wait({ signal: inner }),
          (inner) => clock.sleep(STATUS_BEAT_MS, { signal: inner }),
        ], { signal });
        await clock.sleep(Math.max(GATHER_MS, earliest - clock.monotonic()), { signal });
        this.#flush();
        earliest = clock.monotonic() + SPACING_MS;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#running = false;
      if (this.#pending) this.#flush();
    }
  }

  #flush(): void {
    const { fs, path, clock, log } = this.#options;
    if (this.#compose === undefined) return;
    this.#pending = false;
    try {
      const status = { ...this.#compose(), time: new Date(clock.now()).toISOString() };
      const bytes = new TextEncoder().encode(`${JSON.stringify(status)}\n`);
      replaceFile(fs, path, bytes, { durable: false });
      this.#failed = false;
    } catch (error) {
      // A full disk must not end the agent; one line is enough.
      if (this.#failed) return;
      this.#failed = true;
      const reason = error instanceof Error ? error.message : String(error);
      log.error("The status cannot be written", { reason });
    }
  }
}
