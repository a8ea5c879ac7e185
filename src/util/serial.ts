/**
 * A run-to-completion queue: tasks run one after the other, in the order in which they came, and a task that
 * throws fails its own caller and nobody else.
 *
 * @example
 * ```ts
 * import { Serial } from "./serial.ts";
 *
 * const serial = new Serial();
 * const seen: number[] = [];
 * await Promise.all([serial.run(() => seen.push(1)), serial.run(() => seen.push(2))]);
 * if (seen.join() !== "1,2") throw new Error("unexpected");
 * ```
 */
export class Serial {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `task` after all earlier ones; resolves or rejects as it does. */
  run<T>(task: () => T | Promise<T>): Promise<T> {
    const turn = this.#last.then(task);
    this.#last = turn.then(quiet, quiet);
    return turn;
  }

  /** Resolves once every task that was given so far has ended. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

function quiet(): void {
  // The caller of the task hears of its failure; the queue only waits for its end.
}
