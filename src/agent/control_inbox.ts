import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { joinPath } from "../util/join_path.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { readFile } from "../util/read_file.ts";

/** What somebody asks of a running agent. */
export interface ControlRequest {
  /** Name of the machine. */
  readonly machine: string;
  /** The event to fire. */
  readonly event: string;
}

/** What the agent answers. */
export interface ControlAnswer {
  /** Whether the event was possible. */
  readonly ok: boolean;
  /** Why not. */
  readonly reason?: string;
}

/** Options of {@linkcode ControlInbox}. */
export interface ControlInboxOptions {
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Hears what was asked. */
  readonly log: Log;
  /** Absolute path of the inbox: below the agent's own state, for its owner alone. */
  readonly directory: string;
  /** Fires an event; false when it was not possible. */
  readonly fire: (machine: string, event: string) => Promise<boolean>;
}

/** Milliseconds between looks into the inbox. */
const POLL_MS = 250;
/** Bytes of a request. */
const MAX_REQUEST_BYTES = 16 * 1024;

/** A letter box of files: whoever may write the agent's state may ask, and no port has to be opened for it. */
export class ControlInbox {
  readonly #options: ControlInboxOptions;

  constructor(options: ControlInboxOptions) {
    this.#options = options;
  }

  /** Answers requests until `signal` aborts. */
  async run({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    const { fs, clock, directory } = this.#options;
    fs.removeTree(directory);
    makeDirectory(fs, directory, 0o700);
    while (!signal.aborted) {
      for (const { name, kind } of this.#list()) {
        if (kind === "file" && /^[0-9a-f-]+\.json$/.test(name)) await this.#answer(name);
      }
      await clock.sleep(POLL_MS, { signal }).catch(() => {});
    }
  }

  #list() {
    try {
      return this.#options.fs.readDir(this.#options.directory);
    } catch {
      // Somebody took the box away: nobody can ask then.
      return [];
    }
  }

  async #answer(name: string): Promise<void> {
    const { fs, directory, log, fire } = this.#options;
    const path = joinPath(directory, name);
    let answer: ControlAnswer;
    try {
      const { machine, event } = parse(readFile(fs, path, { limit: MAX_REQUEST_BYTES }));
      fs.remove(path);
      const ok = await fire(machine, event);
      log.info("An event was asked for", { machine, event, ok });
      answer = ok ? { ok } : { ok, reason: `it has no event "${event}" in its present state` };
    } catch (error) {
      answer = { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
    try {
      fs.removeTree(path);
      const bytes = new TextEncoder().encode(JSON.stringify(answer));
      replaceFile(fs, path.replace(/json$/, "answer"), bytes, { durable: false });
    } catch (error) {
      log.warn("An answer could not be written", { reason: String(error) });
    }
  }
}

function parse(bytes: Uint8Array): ControlRequest {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const { machine, event } = value as Readonly<Record<string, unknown>>;
  if (typeof machine !== "string" || typeof event !== "string") {
    throw new TypeError("Cannot read the request: it names no machine and event");
  }
  return { machine, event };
}
