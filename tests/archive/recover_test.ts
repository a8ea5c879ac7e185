import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { recover } from "../../src/archive/recover.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { machineArchive } from "../support/machine_archive.ts";

const archive = machineArchive();

Deno.test("recover() does nothing where nothing is", async () => {
  await using world = await archiveWorld();
  const report = await recover(world.fs, {
    target: world.target,
    stateDirectory: world.state,
    now: () => 0,
  });
  deepStrictEqual(report, { finished: [], reverted: [], discarded: [] });
  deepStrictEqual(world.tree(), {});
});

Deno.test("recover() removes stages that belong to nobody, and puts an old tree among them back", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(archive));
  const before = world.tree();
  const tmp = `${world.target}/tmp`;
  await Deno.mkdir(`${tmp}/m.1/new`, { recursive: true });
  await Deno.rename(`${world.target}/m`, `${tmp}/m.1/old`);
  await Deno.mkdir(`${tmp}/other/x`, { recursive: true });
  await Deno.writeTextFile(`${tmp}/file`, "");
  await Deno.symlink("/etc", `${tmp}/link`);
  await recover(world.fs, { target: world.target, stateDirectory: world.state, now: () => 0 });
  deepStrictEqual(world.tree(), before);
});

Deno.test("recover() puts an old tree into the trash when something else stands in its place", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(archive));
  const before = world.tree();
  await Deno.mkdir(`${world.target}/tmp/m.1/old`, { recursive: true });
  const now = () => world.clock.now();
  await recover(world.fs, { target: world.target, stateDirectory: world.state, now });
  deepStrictEqual(world.tree(), before);
  strictEqual(world.fs.readDir(`${world.state}/trash/m`).length, 1);
});

Deno.test("recover() drops journal entries that cannot be read", async () => {
  await using world = await archiveWorld();
  const journal = `${world.state}/journal`;
  await Deno.mkdir(journal, { recursive: true });
  const entry = {
    version: 1,
    tx: "m.1",
    name: "m",
    checksum: "",
    verify: "SHA256SUMS",
    verifyChecksum: "",
    allowUnlisted: [],
    replaces: false,
  };
  const wrong: readonly unknown[] = [
    null,
    [],
    { ...entry, version: 2 },
    { ...entry, tx: "../x" },
    { ...entry, name: "../../etc" },
    { ...entry, name: "" },
    { ...entry, verify: ".hidden" },
    { ...entry, checksum: 1 },
    { ...entry, allowUnlisted: "x" },
    { ...entry, tx: "other" },
  ];
  for (const [i, value] of wrong.entries()) {
    await Deno.writeTextFile(`${journal}/${i === 0 ? "m.1" : i}.json`, JSON.stringify(value));
  }
  await Deno.writeTextFile(`${journal}/torn.json`, '{"version":');
  await Deno.mkdir(`${journal}/directory`);
  const report = await recover(world.fs, {
    target: world.target,
    stateDirectory: world.state,
    now: () => 0,
  });
  deepStrictEqual(report, { finished: [], reverted: [], discarded: [] });
  deepStrictEqual(world.fs.readDir(journal), []);
});

Deno.test("recover() sweeps records of what is gone, and what was being written", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(archive));
  await world.install(world.request(machineArchive({ name: "gone" })));
  await Deno.remove(`${world.target}/gone`, { recursive: true });
  await Deno.writeTextFile(`${world.state}/installed/.m.json.new`, "{");
  await Deno.writeTextFile(`${world.state}/cache/.${archive.checksum}.new`, "x");
  const now = () => Date.now();
  await recover(world.fs, { target: world.target, stateDirectory: world.state, now });
  const names = (path: string) => world.fs.readDir(path).map(({ name }) => name);
  deepStrictEqual(names(`${world.state}/installed`), ["m.json"]);
  strictEqual(names(`${world.state}/cache`).includes(archive.checksum), true);
  strictEqual(names(`${world.state}/cache`).some((name) => name.startsWith(".")), false);
});
