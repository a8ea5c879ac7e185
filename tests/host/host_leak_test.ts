import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { hosted, manifest } from "./harness.ts";

const CYCLES = 1_000;

Deno.test("Host.hold() and restarts leave no descriptor, sleep or slot behind (#203)", async () => {
  await using f = await hosted();
  await f.put("a/machine.yaml", manifest("a"));
  await f.start();
  const { signal } = new AbortController();
  // Only those of this test: others of this process open and close theirs meanwhile.
  const descriptors = () =>
    [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
      try {
        return Deno.readLinkSync(`/proc/self/fd/${name}`).startsWith(f.it.path);
      } catch {
        return false;
      }
    }).length;
  const cycle = async () => {
    {
      await using _held = await f.host.hold("a", { signal });
    }
    await f.it.clock.settle();
  };
  for (let n = 0; n < 10; n++) await cycle();
  await f.it.clock.settle();
  const [open, sleeping] = [descriptors(), f.it.clock.waiting];
  for (let n = 0; n < CYCLES; n++) await cycle();
  await f.it.clock.settle();
  // Other tests of this process open files too; a leak would be one a cycle.
  ok(descriptors() - open < CYCLES / 10);
  strictEqual(f.it.clock.waiting, sleeping);
  deepStrictEqual(f.phases(), ["a running 1.0.0"]);
});
