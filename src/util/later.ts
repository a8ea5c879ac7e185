/** What {@linkcode Later} needs of a clock; `Clock` has it. */
export interface LaterClock {
  /** Resolves after `ms` milliseconds; rejects when aborted. */
  sleep(ms: number, options: { readonly signal: AbortSignal }): Promise<void>;
}

/** Options of {@linkcode Later}. */
export interface LaterOptions {
  /** Time. */
  readonly clock: LaterClock;
  /** Milliseconds before a task starts by itself. */
  readonly delayMs: number;
}

/** Work that can wait a little, so that what is urgent comes first; whoever needs it done makes it start at once. */
export class Later {
  readonly #options: LaterOptions;
  readonly #tasks = new Map<string, { readonly done: Promise<void>; readonly hurry: () => void }>();

  /** Starts nothing. */
  constructor(options: LaterOptions) {
    this.#options = options;
  }

  /** Keys of what has not ended. */
  get size(): number {
    return this.#tasks.size;
  }

  /** Runs `task` after the delay. It must not reject; there is at most one of a key. */
  run(key: string, task: () => Promise<void>): void {
    const hurry = new AbortController();
    const done = this.#wait(hurry.signal).then(task).finally(() => this.#tasks.delete(key));
    this.#tasks.set(key, { done, hurry: () => hurry.abort() });
  }

  /** Starts the task of a key now if it has not, and waits for its end. */
  async finish(key: string): Promise<void> {
    const task = this.#tasks.get(key);
    task?.hurry();
    await task?.done;
  }

  /** Starts all tasks now, and waits for their ends. */
  async finishAll(): Promise<void> {
    while (this.#tasks.size > 0) {
      await Promise.all([...this.#tasks.keys()].map((key) => this.finish(key)));
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    try {
      await this.#options.clock.sleep(this.#options.delayMs, { signal });
    } catch {
      // Somebody needs it now.
    }
  }
}
