import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { backoff } from "../../src/util/backoff.ts";

Deno.test("backoff() doubles up to its limit, with full jitter", () => {
  const at = (attempt: number, share: number) =>
    backoff(attempt, { baseMs: 100, maxMs: 1000, random: () => share });
  deepStrictEqual([1, 2, 3, 4, 5, 50, 5000].map((attempt) => at(attempt, 0.5)), [
    50,
    100,
    200,
    400,
    500,
    500,
    500,
  ]);
  strictEqual(at(3, 0), 0);
  strictEqual(at(0, 0.5), 50);
});

Deno.test("backoff() waits at least its minimum", () => {
  const options = { baseMs: 100, maxMs: 1000, minMs: 30 };
  strictEqual(backoff(1, { ...options, random: () => 0 }), 30);
  strictEqual(backoff(1, { ...options, random: () => 0.9 }), 90);
});
