import { DenoFs } from "../../src/deno/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { changes, matrix, STORIES } from "./matrix.ts";

for (const story of STORIES) {
  Deno.test(`boot() survives a kill before every change of the disk of ${story.name} (#170)`, async () => {
    await matrix(story, changes, async (node, at) => {
      await node.boot({ fs: new FaultFs(new DenoFs(), { at }) });
    });
  });
}
