import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { recover } from "../../src/archive/recover.ts";
import type { FsErrorCode } from "../../src/ports/fs.ts";
import type { InstallRequest } from "../../src/ports/installer.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { type ArchiveWorld, archiveWorld } from "../support/archive_world.ts";
import { PowerCutFs } from "../support/power_cut_fs.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";

const one = machineArchive();
const two = machineArchive({
  files: { ...SMALL_MACHINE, "lib/data.txt": "two\n", "new.txt": "n" },
});
const data = '{"count":7}';

/** What a story does to a world before the step that is interrupted. */
interface Story {
  readonly name: string;
  /** Makes the world, and says what is asked for then. */
  readonly prepare: (world: ArchiveWorld) => Promise<InstallRequest>;
  /** Whether the tree before was good: then it, or the new one, must stand after every crash. */
  readonly keepsOld: boolean;
}

const stories: readonly Story[] = [
  { name: "a deployment", prepare: (world) => Promise.resolve(world.request(one)), keepsOld: true },
  {
    name: "an update",
    async prepare(world) {
      await world.install(world.request(one));
      await Deno.writeTextFile(`${world.target}/m/machine_data.json`, data, { mode: 0o600 });
      return world.request(two);
    },
    keepsOld: true,
  },
  {
    name: "a repair",
    async prepare(world) {
      await world.install(world.request(one));
      await Deno.writeTextFile(`${world.target}/m/machine_data.json`, data, { mode: 0o600 });
      await Deno.writeTextFile(`${world.target}/m/run.sh`, "evil");
      return world.request(one);
    },
    keepsOld: false,
  },
];

for (const story of stories) {
  Deno.test(`install() as ${story.name} that is killed at any step leaves the old tree or the new one (#170)`, async () => {
    const { steps, before, after } = await dryRun(story);
    for (let at = 1; at <= steps; at++) {
      await using world = await archiveWorld();
      const request = await story.prepare(world);
      await crash(world, request, new FaultFs(world.fs, { at }));
      await check(world, { story, before, after, at: `stopped at ${at}` });
      await again(world, request, after);
    }
  });

  Deno.test(`install() as ${story.name} that is killed, and its recovery killed too, still ends well (#170)`, async () => {
    const { steps, before, after } = await dryRun(story);
    // Some steps: the square of all steps is too much for a normal run.
    for (let at = Math.max(1, steps - 45); at <= steps; at += 4) {
      for (let second = 1;; second += 5) {
        await using world = await archiveWorld();
        const request = await story.prepare(world);
        await crash(world, request, new FaultFs(world.fs, { at }));
        const fs = new FaultFs(world.fs, { at: second });
        await recoverWith(world, fs).catch(() => {});
        await check(world, { story, before, after, at: `stopped at ${at}, then at ${second}` });
        if (!fs.reached) break;
      }
    }
  });
}

for (const story of stories) {
  Deno.test(`install() as ${story.name} that a power cut ends at any step leaves the old tree or the new one (#171)`, async () => {
    const { steps, before, after } = await dryRun(story);
    let lost = 0;
    for (let at = 1; at <= steps; at += 2) {
      await using world = await archiveWorld();
      const request = await story.prepare(world);
      const disk = new PowerCutFs(world.fs);
      await crash(world, request, new FaultFs(disk, { at }));
      lost += disk.cut(world.target);
      await check(world, { story, before, after, at: `cut at ${at}` });
      await again(world, request, after);
    }
    strictEqual(lost > 0, true);
  });

  Deno.test(`install() as ${story.name} that has settled survives a power cut (#171)`, async () => {
    await using world = await archiveWorld();
    const request = await story.prepare(world);
    const disk = new PowerCutFs(world.fs);
    await world.install(request, disk);
    const after = machineOf(world);
    disk.cut(world.target);
    await recoverWith(world, undefined);
    deepStrictEqual(machineOf(world), after);
    deepStrictEqual((await world.install(request)).result, "unchanged");
  });
}

const faults: readonly FsErrorCode[] = ["no_space", "io", "denied"];
for (const fault of faults) {
  for (const sticky of [false, true]) {
    const kind = sticky ? "from then on" : "once";
    Deno.test(`install() as an update whose every step fails ${kind} with ${fault} leaves a whole tree (#167 #168)`, async () => {
      const story = stories[1] ?? stories[0];
      if (story === undefined) return;
      const { steps, before, after } = await dryRun(story);
      for (let at = 1; at <= steps; at += 2) {
        await using world = await archiveWorld();
        const request = await story.prepare(world);
        const fs = new FaultFs(world.fs, { at, fault, sticky });
        await crash(world, request, fs);
        await check(world, { story, before, after, at: `${fault} at ${at}` });
        await again(world, request, after);
      }
    });
  }
}

async function dryRun(story: Story) {
  await using world = await archiveWorld();
  const request = await story.prepare(world);
  const before = machineOf(world);
  const fs = new FaultFs(world.fs);
  await world.install(request, fs);
  const after = machineOf(world);
  return { steps: fs.count, before, after };
}

/** The process dies, or the disk fails; whatever is thrown then, nobody hears it. */
async function crash(world: ArchiveWorld, request: InstallRequest, fs: FaultFs): Promise<void> {
  try {
    await world.install(request, fs);
  } catch {
    // Expected at most steps.
  }
}

function recoverWith(world: ArchiveWorld, fs: FaultFs | undefined) {
  return recover(fs ?? world.fs, {
    target: world.target,
    stateDirectory: world.state,
    now: () => world.clock.now(),
  });
}

interface Expectation {
  readonly story: Story;
  readonly before: Record<string, string>;
  readonly after: Record<string, string>;
  readonly at: string;
}

/** After the next start: one of the two trees, whole, and nothing beside. */
async function check(world: ArchiveWorld, expectation: Expectation): Promise<void> {
  const { story, before, after, at } = expectation;
  await recoverWith(world, undefined);
  const found = machineOf(world);
  const isNew = JSON.stringify(found) === JSON.stringify(after);
  if (!isNew) deepStrictEqual(found, before, `${story.name} ${at}`);
  deepStrictEqual(list(world, `${world.target}/tmp`), [], `${story.name} ${at}`);
  deepStrictEqual(list(world, `${world.state}/journal`), [], `${story.name} ${at}`);
  // What is known of the tree speaks of the tree that stands.
  if (isNew || story.keepsOld) {
    const which = isNew ? after : before;
    await using installer = world.installer();
    const archive = which["m/lib/data.txt"]?.includes("two") ? two : one;
    const { result } = await installer.check(world.request(archive), { depth: "full" });
    strictEqual(
      result,
      Object.keys(which).length === 0 ? "absent" : "verified",
      `${story.name} ${at}`,
    );
  }
}

/** The next look of the watcher brings what is wanted, also where only the cache has it. */
async function again(
  world: ArchiveWorld,
  request: InstallRequest,
  after: Record<string, string>,
): Promise<void> {
  const cached = world.fs.lstat(`${world.state}/cache/${request.checksum}`)?.size;
  if (cached) world.http.off(request.sources[0] ?? "");
  await world.install(request);
  deepStrictEqual(machineOf(world), after);
  deepStrictEqual(list(world, `${world.target}/tmp`), []);
  deepStrictEqual(list(world, `${world.state}/journal`), []);
}

/** The machine's directory as it stands. */
function machineOf(world: ArchiveWorld): Record<string, string> {
  const all = Object.entries(world.tree()).filter(([path]) => path.startsWith("m/"));
  return Object.fromEntries(all);
}

function list(world: ArchiveWorld, path: string): readonly string[] {
  if (world.fs.lstat(path) === undefined) return [];
  return world.fs.readDir(path).map(({ name }) => name);
}
