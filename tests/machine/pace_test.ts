import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { AT_REST, CALM_MS, nextPace } from "../../src/machine/pace.ts";

Deno.test("nextPace() slows a storm down to one transition in five seconds (#209)", () => {
  let pace = AT_REST;
  let now = 0;
  const waits: number[] = [];
  for (let n = 0; n < 22; n++) {
    const next = nextPace(pace, { now, random: () => 0.5 });
    waits.push(next.waitMs);
    now += next.waitMs;
    pace = next.pace;
  }
  deepStrictEqual(waits, [
    ...[0, 25, 50, 75, 100, 125, 150, 200, 250, 500, 750, 1_000, 1_500, 2_000, 2_500],
    ...[3_000, 3_500, 4_000, 4_500, 5_000, 5_000, 5_000],
  ]);
});

Deno.test("nextPace() varies each wait by half of it", () => {
  const pace = { fired: 19, calmAt: 1 };
  strictEqual(nextPace(pace, { now: 0, random: () => 0 }).waitMs, 2_500);
  strictEqual(nextPace(pace, { now: 0, random: () => 0.9 }).waitMs, 7_000);
});

Deno.test("nextPace() begins anew after a calm minute", () => {
  const first = nextPace(AT_REST, { now: 0, random: () => 0.5 });
  const second = nextPace(first.pace, { now: 10, random: () => 0.5 });
  strictEqual(second.waitMs, 25);
  strictEqual(nextPace(second.pace, { now: 10 + CALM_MS - 1, random: () => 0.5 }).waitMs, 50);
  strictEqual(nextPace(second.pace, { now: 10 + CALM_MS, random: () => 0.5 }).waitMs, 0);
});
