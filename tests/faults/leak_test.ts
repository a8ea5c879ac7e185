import { ok, strictEqual } from "node:assert/strict";
import { recover } from "../../src/archive/recover.ts";
import { CrashNode, machine } from "./node.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { machineArchive } from "../support/machine_archive.ts";
import { envelope, SetWorld } from "../sets/fixture.ts";

/** Cycles in the normal run; `MACHINIST_CYCLES=10000` for the whole promise. */
const CYCLES = Number(Deno.env.get("MACHINIST_CYCLES") ?? 1_000);
/** What a warm process may still grow by. */
const GROWTH = 24 * 1024 * 1024;

const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

/** Runs cycles, and holds descriptors and memory after them against those of a warm start. */
async function flat(cycle: (n: number) => Promise<void>): Promise<void> {
  const warm = Math.ceil(CYCLES / 4);
  for (let n = 0; n < warm; n++) await cycle(n);
  const [open, { rss }] = [descriptors(), Deno.memoryUsage()];
  for (let n = 0; n < CYCLES; n++) await cycle(n);
  strictEqual(descriptors(), open);
  const grown = Deno.memoryUsage().rss - rss;
  console.log(`leak: ${CYCLES} cycles, rss grew by ${Math.round(grown / 1024)} KiB`);
  ok(grown < GROWTH, `rss grew by ${grown} bytes in ${CYCLES} cycles`);
}

Deno.test(`settle() and check() leak nothing over ${CYCLES} cycles (#203)`, async () => {
  await using sets = new SetWorld();
  await using archives = await archiveWorld();
  const request = archives.request(machineArchive());
  await archives.install(request);
  await using installer = archives.installer();
  const lists = [1, 2].map((n) =>
    envelope([{ name: "a", checksum: String(n).repeat(64) }, "b"], { spec: undefined })
  );
  await flat(async (n) => {
    const list = lists[n % 10 === 0 ? 1 : 0];
    await sets.settle(n % 7 === 0 ? undefined : list);
    const depth = n % 30 === 0 ? "full" : "stat";
    strictEqual((await installer.check(request, { depth })).result, "verified");
  });
});

Deno.test("install() and recover() leak nothing while they repair again and again (#203)", async () => {
  await using world = await archiveWorld();
  const request = world.request(machineArchive());
  const { signal } = new AbortController();
  const place = { target: world.target, stateDirectory: world.state, now: () => 0 };
  await flat(async (n) => {
    if (n % 10 !== 0) return;
    await using installer = world.installer();
    await installer.install(request, { signal });
    await installer.settled();
    Deno.writeTextFileSync(`${world.target}/m/run.sh`, String(n));
    await recover(world.fs, place);
  });
});

Deno.test("boot() leaves no descriptor behind, however often a node starts and stops (#203)", async () => {
  await using node = await CrashNode.make();
  await node.publish(1, [machine("web", "1.0.0")]);
  await node.boot();
  const open = descriptors();
  for (let n = 0; n < Math.ceil(CYCLES / 50); n++) strictEqual((await node.boot()).done, true);
  strictEqual(descriptors(), open);
});
