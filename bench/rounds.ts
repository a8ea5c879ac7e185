/** The value in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The value below which `percent` of all are. */
export function percentile(values: readonly number[], percent: number): number {
  if (values.length === 0) throw new RangeError("Cannot take a percentile: there are no values");
  const sorted = values.toSorted((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100));
  return sorted[at] ?? NaN;
}

/** Milliseconds that `act` takes. */
export async function timed(act: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await act();
  return performance.now() - before;
}

/** Options of {@linkcode alternate}. */
export interface AlternateOptions {
  /** How often each is measured. */
  readonly rounds: number;
  /**
   * Rounds before that do not count.
   * @default {1}
   */
  readonly warm?: number;
}

/** Measures several things in turn, so that a busy minute of the machine hits all of them: the medians. */
export async function alternate<Name extends string>(
  measures: Readonly<Record<Name, () => Promise<number>>>,
  { rounds, warm = 1 }: AlternateOptions,
): Promise<Readonly<Record<Name, number>>> {
  const names = Object.keys(measures) as Name[];
  const found = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = -warm; round < rounds; round++) {
    // Who comes first changes from round to round: nobody is always the one that warms the caches.
    const order = round % 2 === 0 ? names : names.toReversed();
    for (const name of order) {
      const value = await measures[name]();
      if (round >= 0) found.get(name)?.push(value);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, median(found.get(name) ?? [])]),
  ) as Record<Name, number>;
}

/** Waits. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Waits until `holds` says true, looking every few milliseconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { timeoutMs = 30_000, everyMs = 5 } = {},
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!await holds()) {
    if (performance.now() > end) {
      throw new Error(`Cannot wait for "${what}": ${timeoutMs} ms passed`);
    }
    await sleep(everyMs);
  }
}
