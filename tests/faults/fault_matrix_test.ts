import { strictEqual } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import type { FsErrorCode } from "../../src/ports/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { changes, matrix, STORIES } from "./matrix.ts";

/** Each call with each path once: the first time. */
function firsts(trace: readonly string[]): readonly number[] {
  const seen = new Set<string>();
  return trace.flatMap((line, index) => {
    const what = line.replace(/[0-9a-f-]{36}\./g, "");
    if (seen.has(what)) return [];
    seen.add(what);
    return [index + 1];
  });
}

/** Shares the points out between the two errors that any call may meet. */
const share = (rest: number) => (trace: readonly string[]) =>
  firsts(trace).filter((_, index) => index % 2 === rest);

const faults: readonly (readonly [FsErrorCode, typeof changes])[] = [
  ["no_space", changes],
  ["io", share(0)],
  ["denied", share(1)],
];

for (const story of STORIES) {
  for (const [fault, points] of faults) {
    Deno.test(`boot() gets over "${fault}" at any operation of ${story.name} by itself (#167, #168)`, async () => {
      await matrix(story, points, async (node, at) => {
        const fs = new FaultFs(new DenoFs(), { at, fault });
        const { done, failure, log, status } = await node.boot({ fs, seconds: 1_200 });
        // A start that fails is one that somebody sees, and repeats.
        if (failure !== undefined) return;
        strictEqual(done, true, JSON.stringify([fs.trace[at - 1], status, log.messages()]));
      });
    });
  }
}
