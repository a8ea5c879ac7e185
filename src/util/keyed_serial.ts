import { Serial } from "./serial.ts";

/** One run-to-completion queue per key; a queue that is empty costs nothing. */
export class KeyedSerial {
  readonly #lines = new Map<string, { readonly serial: Serial; users: number }>();

  /** Runs `task` after all earlier ones of the same key; resolves or rejects as it does. */
  async run<T>(key: string, task: () => T | Promise<T>): Promise<T> {
    const line = this.#lines.get(key) ?? { serial: new Serial(), users: 0 };
    this.#lines.set(key, line);
    line.users++;
    try {
      return await line.serial.run(task);
    } finally {
      if (--line.users === 0) this.#lines.delete(key);
    }
  }

  /** Keys that have a task running or waiting. */
  get size(): number {
    return this.#lines.size;
  }
}
