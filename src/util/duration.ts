/** Nanoseconds of Go's units, in the order in which the parser tries them. */
const GO_UNITS: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
]);

/** Hours of the units that Go does not have and the reference adds. */
const LONG_UNITS: ReadonlyMap<string, number> = new Map([
  ["d", 24],
  ["D", 24],
  ["w", 7 * 24],
  ["W", 7 * 24],
  ["M", 30 * 24],
  ["y", 365 * 24],
  ["Y", 365 * 24],
]);

const HOUR_MS = 3_600_000;
/** Go keeps nanoseconds in an int64. */
const LIMIT_MS = 2 ** 63 / 1e6;

/**
 * Parses an interval as the reference writes it: what Go's parser takes (`30s`, `1h30m`, `500ms`), or one
 * number with `d`, `w`, `M` (30 days) or `y` (365 days), cut to whole hours. Empty text is 0.
 *
 * @returns Milliseconds, possibly a fraction.
 * @throws {SyntaxError} when the text is no duration.
 * @throws {RangeError} when it is longer than Go's 292 years.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  const unit = trimmed.slice(-1);
  const hours = LONG_UNITS.get(unit);
  if (hours !== undefined) return longDuration(trimmed, hours);
  if ("sSmhH".includes(unit)) return goDuration(trimmed);
  throw new SyntaxError(
    `Cannot parse duration "${text}": invalid time unit ${unit}, wanted one of s m h d w M y`,
  );
}

/**
 * Parses a duration property: a string as Go's `time.ParseDuration` takes it, or a number of nanoseconds.
 *
 * @returns Milliseconds, possibly a fraction.
 * @throws {SyntaxError} when the text is no duration.
 * @throws {RangeError} when it is longer than Go's 292 years.
 */
export function parseGoDuration(value: string | number): number {
  if (typeof value === "string") return goDuration(value);
  return inRange(Math.trunc(value) / 1e6, String(value));
}

function longDuration(text: string, hours: number): number {
  const number = text.slice(0, -1);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(number)) {
    throw new SyntaxError(`Cannot parse duration "${text}": "${number}" is not a number`);
  }
  // The reference reads the number with 32 bits of precision.
  return inRange(Math.trunc(Math.fround(Number(number)) * hours) * HOUR_MS, text);
}

function goDuration(text: string): number {
  const sign = text.startsWith("-") ? -1 : 1;
  const body = text.replace(/^[+-]/, "");
  if (body === "0") return 0;
  if (body === "") throw invalid(text, "no number");
  const part = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;
  let nanoseconds = 0;
  while (part.lastIndex < body.length) {
    const found = part.exec(body);
    if (found === null) throw invalid(text, "not a number with a unit");
    const [, number = "", unit = ""] = found;
    const factor = GO_UNITS.get(unit);
    if (unit === "") throw invalid(text, "a unit is missing, wanted one of ns us ms s m h");
    if (factor === undefined) throw invalid(text, `unit "${unit}" is unknown`);
    nanoseconds += Number(number) * factor;
  }
  return inRange(sign * Math.trunc(nanoseconds) / 1e6, text) + 0;
}

function invalid(text: string, what: string): SyntaxError {
  return new SyntaxError(`Cannot parse duration "${text}": ${what}`);
}

function inRange(milliseconds: number, text: string): number {
  if (Math.abs(milliseconds) < LIMIT_MS) return milliseconds;
  throw new RangeError(`Cannot use duration "${text}": more than 292 years`);
}

/**
 * Writes milliseconds as Go prints a duration: `0s`, `1.5s`, `2m0s`, `1h0m0s`, `500ms`.
 *
 * @param milliseconds Rounded to whole nanoseconds.
 */
export function formatDuration(milliseconds: number): string {
  const nanoseconds = BigInt(Math.trunc(milliseconds)) * 1_000_000n +
    BigInt(Math.round((milliseconds % 1) * 1e6));
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size === 0n) return "0s";
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  if (minutes < 60n) return `${sign}${minutes}m${seconds}`;
  return `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return String(value / unit);
  const digits = String(rest).padStart(String(unit).length - 1, "0").replace(/0+$/, "");
  return `${value / unit}.${digits}`;
}
