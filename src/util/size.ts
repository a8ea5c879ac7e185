const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["B", 1],
  ["kB", 1e3],
  ["MB", 1e6],
  ["GB", 1e9],
  ["TB", 1e12],
  ["KiB", 2 ** 10],
  ["MiB", 2 ** 20],
  ["GiB", 2 ** 30],
  ["TiB", 2 ** 40],
]);

const PRINTED = ["TiB", "GiB", "MiB", "KiB"] as const;

/**
 * Parses a size: `64MiB`, `1.5GiB`, `100kB`, or plain bytes.
 *
 * @returns Whole bytes.
 * @throws {SyntaxError} when the text is no size.
 * @throws {RangeError} when it is no whole number of bytes or too large to count exactly.
 */
export function parseSize(text: string): number {
  const [, number, unit = ""] = /^\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*$/.exec(text) ?? [];
  if (number === undefined) {
    throw new SyntaxError(`Cannot parse size "${text}": wanted a number with a unit such as 64MiB`);
  }
  const factor = UNITS.get(unit);
  if (factor === undefined) {
    const known = [...UNITS.keys()].filter((name) => name !== "").join(" ");
    throw new SyntaxError(
      `Cannot parse size "${text}": unit "${unit}" is unknown, wanted one of ${known}`,
    );
  }
  const bytes = Number(number) * factor;
  if (!Number.isSafeInteger(bytes)) {
    throw new RangeError(`Cannot use size "${text}": not a whole number of bytes below 8 PiB`);
  }
  return bytes;
}

/** Writes bytes with the largest unit, one decimal at most: `512B`, `64MiB`, `1.5GiB`. */
export function formatSize(bytes: number): string {
  for (const unit of PRINTED) {
    const factor = UNITS.get(unit) ?? 1;
    if (Math.abs(bytes) >= factor) return `${Number((bytes / factor).toFixed(1))}${unit}`;
  }
  return `${bytes}B`;
}
