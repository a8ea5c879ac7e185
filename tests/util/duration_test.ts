import { formatDuration, parseDuration, parseGoDuration } from "../../src/util/duration.ts";
import { deepStrictEqual as equal, throws } from "node:assert/strict";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

Deno.test("parseDuration() reads what the reference reads", () => {
  const cases: readonly [string, number][] = [
    ["", 0],
    ["   ", 0],
    ["30s", 30 * SECOND],
    [" 30s\n", 30 * SECOND],
    ["1m", MINUTE],
    ["1h30m", HOUR + 30 * MINUTE],
    ["1.5s", 1500],
    ["500ms", 500],
    ["2m0s", 2 * MINUTE],
    ["-5s", -5 * SECOND],
    ["+5s", 5 * SECOND],
    [".5h", 30 * MINUTE],
    ["1us1ns", undefinedUnit()],
    ["1d", DAY],
    ["2D", 2 * DAY],
    ["1w", 7 * DAY],
    ["1W", 7 * DAY],
    ["1M", 30 * DAY],
    ["1y", 365 * DAY],
    ["1Y", 365 * DAY],
    ["1.5d", 36 * HOUR],
    ["0.1d", 2 * HOUR],
    ["0.01d", 0],
    ["1e1d", 10 * DAY],
    ["-1d", -DAY],
  ];
  for (const [text, wanted] of cases) equal(parseDuration(text), wanted, text);
});

function undefinedUnit(): number {
  return (1000 + 1) / 1e6;
}

Deno.test("parseDuration() refuses what the reference refuses", () => {
  const cases = [
    "1",
    "0",
    "x",
    "1x",
    "1S",
    "1H",
    "1h30",
    "d",
    "1 d",
    "s",
    "1..5s",
    "infd",
    "0x1d",
    "1h-1m",
    "1hm",
    "µs",
    "1q",
  ];
  for (const text of cases) throws(() => parseDuration(text), SyntaxError, text);
  for (const text of ["1000y", "9999999999h", "1e300d"]) {
    throws(() => parseDuration(text), RangeError, text);
  }
});

Deno.test("parseGoDuration() reads strings as Go and numbers as nanoseconds", () => {
  const cases: readonly [string | number, number][] = [
    ["90s", 90 * SECOND],
    ["1h30m", HOUR + 30 * MINUTE],
    ["5m", 5 * MINUTE],
    ["0", 0],
    ["-0", 0],
    ["1µs", 0.001],
    ["1μs", 0.001],
    ["1.5ns", 0.000001],
    ["3000000ns", 3],
    [5_000_000_000, 5 * SECOND],
    [1, 0.000001],
    [0, 0],
  ];
  for (const [value, wanted] of cases) equal(parseGoDuration(value), wanted, String(value));
});

Deno.test("parseGoDuration() refuses long units, blanks, bare numbers and what does not fit", () => {
  for (const text of ["", " ", "1d", "1w", "90", " 90s", "1 s", "-", "+", ".s", "1S"]) {
    throws(() => parseGoDuration(text), SyntaxError, text);
  }
  for (const value of ["2562048h", 2 ** 63, NaN, Infinity]) {
    throws(() => parseGoDuration(value), RangeError, String(value));
  }
});

Deno.test("formatDuration() prints as Go", () => {
  const cases: readonly [number, string][] = [
    [0, "0s"],
    [-0, "0s"],
    [1500, "1.5s"],
    [500, "500ms"],
    [0.5, "500µs"],
    [0.0015, "1.5µs"],
    [0.000001, "1ns"],
    [1.5, "1.5ms"],
    [120_000, "2m0s"],
    [3_600_000, "1h0m0s"],
    [2 * DAY, "48h0m0s"],
    [61_001, "1m1.001s"],
    [-1500, "-1.5s"],
    [365 * DAY, "8760h0m0s"],
  ];
  for (const [value, wanted] of cases) equal(formatDuration(value), wanted);
});

Deno.test("formatDuration() prints what parseDuration() reads back", () => {
  for (const value of [1, 250, 999, 1000, 59_999, 60_000, 3_599_999, DAY, 7 * DAY + 1]) {
    equal(parseDuration(formatDuration(value)), value);
  }
});
