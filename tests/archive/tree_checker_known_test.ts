import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import type { DirectoryEntry } from "../../src/ports/fs.ts";
import type { Difference } from "../../src/ports/installer.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";

/** Files, with the directories that were listed. */
class ListingFs extends DenoFs {
  listed: string[] = [];

  override readDir(path: string): readonly DirectoryEntry[] {
    this.listed.push(path.slice(path.lastIndexOf("/m") + 1));
    return super.readDir(path);
  }
}

const archive = machineArchive({ files: { ...SMALL_MACHINE, "lib/deep/x": "x" } });

/** Installs, lets an installer learn what stands there, then spoils: what that installer finds, and what it listed for that. */
async function checkKnown(
  spoil: (directory: string) => unknown,
  options: { readonly allowUnlisted?: readonly string[]; readonly before?: typeof spoil } = {},
) {
  const { allowUnlisted = [], before } = options;
  await using world = await archiveWorld();
  const request = world.request(archive, { allowUnlisted });
  await world.install(request);
  await before?.(`${world.target}/m`);
  const fs = new ListingFs();
  await using installer = world.installer(fs);
  // Stamps of what changed within the last second say nothing yet.
  world.clock.jump(10_000);
  await installer.check(request);
  fs.listed = [];
  await spoil(`${world.target}/m`);
  const { differences } = await installer.check(request);
  const found = differences.map(({ path, kind }) => [path, kind] as const);
  return { found, listed: fs.listed.filter((path) => path.startsWith("m")) };
}

const write = (path: string) => Deno.writeTextFileSync(path, "evil");

Deno.test("check() does not list a directory again that is as it was", async () => {
  deepStrictEqual(await checkKnown(() => {}), { found: [], listed: [] });
});

Deno.test("check() lists only the directory in which a name came or went", async () => {
  const { found, listed } = await checkKnown((m) => write(`${m}/lib/deep/y`));
  deepStrictEqual(found, [["lib/deep/y", "unlisted"]]);
  deepStrictEqual(listed, ["m/lib/deep"]);
});

type Found = readonly (readonly [string, Difference["kind"]])[];
const spoilt: readonly (readonly [string, (m: string) => unknown, Found])[] = [
  ["#172 a changed byte", (m) => write(`${m}/lib/deep/x`), [["lib/deep/x", "changed"]]],
  ["#172 a deleted file", (m) => Deno.removeSync(`${m}/lib/data.txt`), [[
    "lib/data.txt",
    "missing",
  ]]],
  ["#172 a mode", (m) => Deno.chmodSync(`${m}/run.sh`, 0o644), [["run.sh", "mode"]]],
  ["#172 a directory for all", (m) => Deno.chmodSync(`${m}/lib`, 0o777), [["lib", "mode"]]],
  ["#173 an added file", (m) => write(`${m}/.hidden`), [[".hidden", "unlisted"]]],
  ["#173 an added directory", (m) => Deno.mkdirSync(`${m}/lib/d`), [["lib/d", "unlisted"]]],
  ["#173 an added file with the old times of its directory", (m) => {
    const { mtime, atime } = Deno.statSync(`${m}/lib`);
    write(`${m}/lib/late`);
    const wait = new Int32Array(new SharedArrayBuffer(4));
    // Change times are told in whole seconds.
    Atomics.wait(wait, 0, 0, 1_050);
    Deno.utimeSync(`${m}/lib`, atime ?? 0, mtime ?? 0);
  }, [["lib/late", "unlisted"]]],
  ["#174 a linked directory", (m) => {
    Deno.renameSync(`${m}/lib/deep`, `${m}/../deep`);
    Deno.symlinkSync(`${m}/../deep`, `${m}/lib/deep`);
  }, [["lib/deep", "type"], ["lib/deep/x", "missing"]]],
];

for (const [name, spoil, found] of spoilt) {
  Deno.test(`check() finds ${name} in a tree that it knows`, async () => {
    deepStrictEqual((await checkKnown(spoil)).found, found);
  });
}

Deno.test("check() lists again what holds a directory that only leads to what is allowed", async () => {
  const options = {
    allowUnlisted: ["var/cache/"],
    before: (m: string) => Deno.mkdirSync(`${m}/var/cache`, { recursive: true }),
  };
  const { found } = await checkKnown((m) => write(`${m}/var/other`), options);
  deepStrictEqual(found, [["var/other", "unlisted"]]);
  strictEqual((await checkKnown((m) => write(`${m}/var/cache/x`), options)).found.length, 0);
});

Deno.test("check() keeps telling of a file that should not be there", async () => {
  const extra = (m: string) => write(`${m}/lib/extra`);
  const { found } = await checkKnown(() => {}, { before: extra });
  deepStrictEqual(found, [["lib/extra", "unlisted"]]);
});

Deno.test("check() does not read a file that was blown up: its size tells (#172)", async () => {
  const { found } = await checkKnown((m) => Deno.truncateSync(`${m}/lib/deep/x`, 2 ** 36));
  deepStrictEqual(found, [["lib/deep/x", "changed"]]);
});

Deno.test("check() reads nothing that is larger than anything installed, also when nothing is known (#172)", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive);
  await world.install(request);
  Deno.truncateSync(`${world.target}/m/lib/deep/x`, 2 ** 33 + 1);
  await using installer = world.installer(new DenoFs());
  const { differences, hashed } = await installer.check(request, { depth: "full" });
  deepStrictEqual(differences, [{ path: "lib/deep/x", kind: "changed" }]);
  strictEqual(hashed < 100_000, true);
});
