import { formatSize, parseSize } from "../../src/util/size.ts";
import { deepStrictEqual as equal, throws } from "node:assert/strict";

Deno.test("parseSize() reads bytes, binary and decimal units", () => {
  const cases: readonly [string, number][] = [
    ["0", 0],
    ["512", 512],
    ["512B", 512],
    ["1KiB", 1024],
    ["64MiB", 64 * 1024 * 1024],
    ["1.5GiB", 1.5 * 1024 ** 3],
    ["1TiB", 1024 ** 4],
    ["100kB", 100_000],
    ["1 MB", 1_000_000],
    ["2GB", 2e9],
  ];
  for (const [text, wanted] of cases) equal(parseSize(text), wanted, text);
});

Deno.test("parseSize() refuses other text", () => {
  for (const text of ["", "MiB", "-1MiB", "1mib", "1K", "1 2MiB", "1e3", "0x10", "١MiB"]) {
    throws(() => parseSize(text), SyntaxError, text);
  }
  for (const text of ["0.5B", "99999TiB", "1.0001KiB"]) {
    throws(() => parseSize(text), RangeError, text);
  }
});

Deno.test("formatSize() prints the largest unit that fits", () => {
  const cases: readonly [number, string][] = [
    [0, "0B"],
    [1023, "1023B"],
    [1024, "1KiB"],
    [1536, "1.5KiB"],
    [64 * 1024 * 1024, "64MiB"],
    [3 * 1024 ** 4, "3TiB"],
  ];
  for (const [bytes, wanted] of cases) equal(formatSize(bytes), wanted);
});
