/** Options of {@linkcode until}. */
export interface UntilOptions {
  /**
   * Gives up after this many milliseconds.
   * @default {20_000}
   */
  readonly timeoutMs?: number;
  /** Told when it gave up: what was seen instead. */
  readonly seen?: () => unknown;
}

/**
 * Asks again and again until the answer is something, and returns it. For what tells nobody when it happens,
 * such as a file on the disk of another process; never without a bound.
 */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
  { timeoutMs = 20_000, seen }: UntilOptions = {},
): Promise<T> {
  const end = Date.now() + timeoutMs;
  while (true) {
    const answer = await probe();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > end) {
      const instead = seen === undefined
        ? ""
        : `\nseen instead: ${JSON.stringify(seen(), null, 1)}`;
      throw new Error(`Cannot see ${what}: not within ${timeoutMs} ms${instead}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Whether something holds all the time for `ms` milliseconds: for what must not happen. */
export async function throughout(
  what: string,
  ms: number,
  probe: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    if (!await probe()) throw new Error(`Cannot rely on ${what}: it ended within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
