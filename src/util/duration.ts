const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  "µs": 1e-3,
  "μs": 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** What a suffix of {@linkcode parseDuration} stands for, hours. */
const LONG_UNIT_HOURS: Readonly<Record<string, number>> = {
  w: 168,
  W: 168,
  d: 24,
  D: 24,
  M: 720,
  y: 8760,
  Y: 8760,
};

/** Go keeps durations in 64 bits of nanoseconds. */
const MAX_MS = 2 ** 63 / 1e6;

/**
 * Reads a duration as Go does (`90s`, `1h30m`, `1.5s`, `-5m`, `0`): milliseconds. Throws SyntaxError, or
 * RangeError for more than 292 years.
 *
 * @example
 * ```ts
 * import { parseGoDuration } from "./duration.ts";
 *
 * if (parseGoDuration("1m30s") !== 90_000) throw new Error("unexpected");
 * ```
 */
export function parseGoDuration(text: string): number {
  const match = /^([+-]?)(.*)$/s.exec(text);
  const body = match?.[2] ?? "";
  if (body === "0") return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) {
    throw new SyntaxError(`Cannot read duration ${JSON.stringify(text)}: it is not a Go duration`);
  }
  let ms = 0;
  for (const [, number, unit] of body.matchAll(/([\d.]+)([^\d.]+)/g)) {
    ms += Number(number) * (UNIT_MS[unit ?? ""] ?? NaN);
  }
  if (!(ms < MAX_MS)) {
    throw new RangeError(`Cannot read duration ${JSON.stringify(text)}: it is too long`);
  }
  return match?.[1] === "-" ? -ms : ms;
}

/**
 * Reads a duration of a manifest as the reference does: a Go duration, or a number with `d`, `w`, `M` (30
 * days) or `y`, truncated to whole hours; nothing is 0. Milliseconds. Throws SyntaxError or RangeError.
 */
export function parseDuration(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  const unit = trimmed.slice(-1);
  const hours = LONG_UNIT_HOURS[unit];
  if (hours === undefined) {
    if (/[smhSH]/.test(unit)) return parseGoDuration(trimmed);
    throw new SyntaxError(
      `Cannot read duration ${JSON.stringify(text)}: invalid time unit ${unit}`,
    );
  }
  const number = trimmed.slice(0, -1);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(number)) {
    throw new SyntaxError(`Cannot read duration ${JSON.stringify(text)}: it has no number`);
  }
  const ms = Math.trunc(Math.fround(Number(number)) * hours) * 3_600_000;
  if (!(Math.abs(ms) < MAX_MS)) {
    throw new RangeError(`Cannot read duration ${JSON.stringify(text)}: it is too long`);
  }
  return ms;
}

/** Writes milliseconds as Go prints a duration: `2m0s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return "0s";
  const sign = ms < 0 ? "-" : "";
  const size = Math.abs(ms);
  if (size < 1e-3) return `${sign}${Math.round(size * 1e6)}ns`;
  if (size < 1) return `${sign}${trimNumber(size * 1e3)}µs`;
  if (size < 1_000) return `${sign}${trimNumber(size)}ms`;
  const hours = Math.floor(size / 3_600_000);
  const minutes = Math.floor(size % 3_600_000 / 60_000);
  const seconds = `${trimNumber(size % 60_000 / 1_000)}s`;
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`;
}

function trimNumber(value: number): string {
  return String(Number(value.toFixed(9)));
}
