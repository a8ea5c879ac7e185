import { strictEqual, throws } from "node:assert/strict";
import { formatDuration, parseDuration, parseGoDuration } from "../../src/util/duration.ts";

Deno.test("parseGoDuration() reads what Go reads", () => {
  const cases: [string, number][] = [
    ["0", 0],
    ["90s", 90_000],
    ["1h30m", 5_400_000],
    ["1.5s", 1_500],
    ["500ms", 500],
    ["2m0s", 120_000],
    ["-5m", -300_000],
    ["+1m", 60_000],
    [".5s", 500],
    ["1.s", 1_000],
    ["1us", 0.001],
    ["1µs", 0.001],
    ["250ns", 0.00025],
  ];
  for (const [text, ms] of cases) strictEqual(parseGoDuration(text), ms, text);
});

Deno.test("parseGoDuration() refuses what Go refuses", () => {
  for (const text of ["", "s", "1", "1d", "1 s", "1S", "1m30", ".s", "1..5s", "--1s", "1e3s"]) {
    throws(() => parseGoDuration(text), SyntaxError, text);
  }
  throws(() => parseGoDuration("9999999999h"), RangeError);
});

Deno.test("parseDuration() reads the reference's longer units", () => {
  const cases: [string, number][] = [
    ["", 0],
    [" 1m ", 60_000],
    ["1d", 86_400_000],
    ["2D", 172_800_000],
    ["1w", 604_800_000],
    ["1M", 2_592_000_000],
    ["1y", 31_536_000_000],
    ["0.1d", 7_200_000],
    ["1.5d", 129_600_000],
    ["1h30m", 5_400_000],
  ];
  for (const [text, ms] of cases) strictEqual(parseDuration(text), ms, text);
});

Deno.test("parseDuration() names the unit that it does not know", () => {
  throws(() => parseDuration("10"), /invalid time unit 0/);
  throws(() => parseDuration("10x"), /invalid time unit x/);
  for (const text of ["1S", "1H", "d", "xd", "1h1d"]) {
    throws(() => parseDuration(text), SyntaxError);
  }
  throws(() => parseDuration("9999y"), RangeError);
});

Deno.test("formatDuration() writes as Go prints", () => {
  const cases: [number, string][] = [
    [0, "0s"],
    [120_000, "2m0s"],
    [5_400_000, "1h30m0s"],
    [1_500, "1.5s"],
    [250, "250ms"],
    [0.25, "250µs"],
    [0.00025, "250ns"],
    [-60_000, "-1m0s"],
    [86_400_000, "24h0m0s"],
  ];
  for (const [ms, text] of cases) strictEqual(formatDuration(ms), text);
});
