import { ok } from "node:assert/strict";
import { type Growth, STORIES } from "./leak.ts";

/** Cycles in the normal run; `MACHINIST_CYCLES=10000` for the whole promise. */
const CYCLES = Number(Deno.env.get("MACHINIST_CYCLES") ?? 1_000);
/** What the heap may still grow by: the doubles of the world keep what they saw. */
const HEAP = 4 * 1024 * 1024;
const RSS = 96 * 1024 * 1024;
/** What the runtime may open late, once. */
const DESCRIPTORS = 4;

async function run(story: string): Promise<Growth> {
  const script = new URL("./leak.ts", import.meta.url).pathname;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--no-check", "-A", "-q", "--v8-flags=--expose-gc"],
      ...[script, story, String(CYCLES)],
    ],
  }).output();
  const decoder = new TextDecoder();
  ok(success, decoder.decode(stderr));
  return JSON.parse(decoder.decode(stdout));
}

for (const story of Object.keys(STORIES)) {
  Deno.test(`${story}() leaks nothing over ${CYCLES} cycles (#203)`, async () => {
    const grown = await run(story);
    console.log(`leak: ${story}, ${CYCLES} cycles: ${JSON.stringify(grown)}`);
    ok(grown.descriptors <= DESCRIPTORS && grown.heap < HEAP && grown.rss < RSS);
  });
}
