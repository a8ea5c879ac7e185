import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { Trash, TRASH_AGE_MS, TRASH_GENERATIONS } from "../../src/archive/trash.ts";
import { type ArchiveWorld, archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";

function version(text: string) {
  return machineArchive({ files: { ...SMALL_MACHINE, version: text } });
}

function options(world: ArchiveWorld) {
  return { target: world.target, now: () => world.clock.now() };
}

Deno.test("list() has what was replaced, newest first, and take() puts it back as it was", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(version("1")));
  const first = world.tree();
  await world.install(world.request(version("2")));
  const trash = new Trash(world.fs, options(world));
  deepStrictEqual(trash.names(), ["m"]);
  const [generation] = trash.list("m");
  if (generation === undefined) throw new Error("nothing is in the trash");
  strictEqual(generation.record?.checksum, version("1").checksum);
  trash.put("m", `${world.target}/m`);
  strictEqual(trash.list("m").length, 2);
  trash.take(generation, `${world.target}/m`);
  deepStrictEqual(world.tree(), first);
  strictEqual(trash.list("m").length, 1);
  strictEqual(trash.list("other").length, 0);
});

Deno.test("put() makes the newest generation, also when the clock went back", async () => {
  await using world = await archiveWorld();
  let now = 5000;
  const trash = new Trash(world.fs, { target: world.target, now: () => now });
  for (const time of [5000, 5000, 10]) {
    now = time;
    await Deno.mkdir(`${world.target}/m`);
    trash.put("m", `${world.target}/m`);
  }
  deepStrictEqual(trash.list("m").map(({ at }) => at), [5002, 5001, 5000]);
});

Deno.test("prune() keeps so many generations for so long (#180)", async () => {
  await using world = await archiveWorld();
  for (let i = 0; i < TRASH_GENERATIONS + 3; i++) {
    await world.install(world.request(version(String(i))));
  }
  const trash = new Trash(world.fs, options(world));
  const kept = trash.list("m");
  strictEqual(kept.length, TRASH_GENERATIONS);
  const versions = kept.map(({ tree }) => Deno.readTextFileSync(`${tree}/version`));
  deepStrictEqual(versions, ["4", "3", "2"]);
  world.clock.jump(TRASH_AGE_MS);
  trash.prune();
  strictEqual(trash.list("m").length, TRASH_GENERATIONS);
  world.clock.jump(10);
  trash.prune();
  deepStrictEqual([trash.list("m"), trash.names()], [[], []]);
});

Deno.test("put() and prune() follow no link (#175)", async () => {
  await using world = await archiveWorld();
  await using outside = await archiveWorld();
  await Deno.writeTextFile(`${outside.target}/precious`, "p");
  await Deno.symlink(outside.target, `${world.target}/m`);
  const trash = new Trash(world.fs, { ...options(world), ageMs: -1 });
  trash.put("m", `${world.target}/m`);
  trash.prune();
  strictEqual(world.fs.lstat(`${world.state}/trash/m`), undefined);
  strictEqual(Deno.readTextFileSync(`${outside.target}/precious`), "p");
});

Deno.test("prune() removes what a crash left half-way, and strangers", async () => {
  await using world = await archiveWorld();
  await Deno.mkdir(`${world.state}/trash/m/000000000000001`, { recursive: true });
  await Deno.mkdir(`${world.state}/trash/m/what`, { recursive: true });
  const trash = new Trash(world.fs, options(world));
  deepStrictEqual(trash.list("m"), []);
  trash.prune("m");
  strictEqual(world.fs.lstat(`${world.state}/trash/m`), undefined);
  trash.prune("nothing");
});
