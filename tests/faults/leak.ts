/**
 * `leak.ts STORY CYCLES`: does one thing over and over in a process of its own, and prints how descriptors and
 * memory have grown since it was warm. Other tests of the same process would be counted as well.
 */
import { recover } from "../../src/archive/recover.ts";
import { envelope, SetWorld } from "../sets/fixture.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { machineArchive } from "../support/machine_archive.ts";
import { CrashNode, machine } from "./node.ts";
import { pause } from "./pause.ts";

type Cycle = (n: number) => Promise<void>;

/** How much more there is after the cycles than after a warm start. */
export interface Growth {
  /** The runtime opens a few once, when it first needs them. */
  readonly descriptors: number;
  /** Bytes that are still in use after a collection. */
  readonly heap: number;
  /** Bytes of the process; the collector is in no hurry to give any back. */
  readonly rss: number;
}

const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

async function grow(cycles: number, cycle: Cycle): Promise<Growth> {
  const warm = Math.ceil(cycles / 4);
  for (let n = 0; n < warm; n++) await cycle(n);
  const [open, before] = [descriptors(), await memory()];
  for (let n = 0; n < cycles; n++) await cycle(n);
  const after = await memory();
  return {
    descriptors: descriptors() - open,
    heap: after.heapUsed - before.heapUsed,
    rss: after.rss - before.rss,
  };
}

/** Memory after a collection: needs `--v8-flags=--expose-gc`. */
async function memory(): Promise<Deno.MemoryUsage> {
  const { gc } = globalThis as { readonly gc?: () => void };
  gc?.();
  await pause(20);
  gc?.();
  return Deno.memoryUsage();
}

function check(ok: boolean, what: string): void {
  if (!ok) throw new Error(`Cannot go on: ${what}`);
}

/** What a quiet node does all day. */
async function settle(cycles: number): Promise<Growth> {
  await using sets = new SetWorld();
  await using archives = await archiveWorld();
  const request = archives.request(machineArchive());
  await archives.install(request);
  await using installer = archives.installer();
  const lists = [1, 2].map((n) =>
    envelope([{ name: "a", checksum: String(n).repeat(64) }, "b"], { spec: undefined })
  );
  return await grow(cycles, async (n) => {
    await sets.settle(n % 7 === 0 ? undefined : lists[n % 10 === 0 ? 1 : 0]);
    const { result } = await installer.check(request, { depth: n % 30 === 0 ? "full" : "stat" });
    check(result === "verified", result);
  });
}

/** Repairs, restarts and recoveries. */
async function repair(cycles: number): Promise<Growth> {
  await using world = await archiveWorld();
  const request = world.request(machineArchive());
  const { signal } = new AbortController();
  const place = { target: world.target, stateDirectory: world.state, now: () => 0 };
  return await grow(cycles / 10, async (n) => {
    await using installer = world.installer();
    await installer.install(request, { signal });
    await installer.settled();
    Deno.writeTextFileSync(`${world.target}/m/run.sh`, String(n));
    await recover(world.fs, place);
  });
}

/** Whole lives of a node. */
async function boot(cycles: number): Promise<Growth> {
  await using node = await CrashNode.make();
  await node.publish(1, [machine("web", "1.0.0")]);
  return await grow(cycles / 50, async () => check((await node.boot()).done, "it does not run"));
}

/** What can be repeated. */
export const STORIES = { settle, repair, boot } as const;

if (import.meta.main) {
  const [name = "", cycles = ""] = Deno.args;
  const story = Object.entries(STORIES).find(([key]) => key === name)?.[1];
  if (story === undefined) throw new RangeError(`Cannot run story "${name}": there is none`);
  console.log(JSON.stringify(await story(Number(cycles))));
}
