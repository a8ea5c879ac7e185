import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import type { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { MAX_SUMS_BYTES } from "../../src/archive/limits.ts";
import { recover } from "../../src/archive/recover.ts";
import type { InstallReport, InstallRequest } from "../../src/ports/installer.ts";
import { sha256 } from "../../src/util/digest.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";
import { concat, directory, file, gzip, tar, tgz } from "../support/tar_builder.ts";

const { signal } = new AbortController();
const one = machineArchive();
const two = machineArchive({ files: { ...SMALL_MACHINE, "lib/data.txt": "two\n" } });

/** An archive with whatever bytes, signed all the same. */
function signed(bytes: Uint8Array<ArrayBuffer>, sums = "") {
  return { ...one, bytes, checksum: sha256(bytes), verifyChecksum: sha256(sums) };
}

async function refuses(archive: ReturnType<typeof signed>, code: string): Promise<void> {
  await using world = await archiveWorld();
  await world.install(world.request(one));
  const before = world.tree();
  await rejects(
    world.install(world.request(archive)),
    (error) => error instanceof Error && "code" in error && error.code === code,
  );
  deepStrictEqual(world.tree(), before);
}

Deno.test("install() takes an archive in an archive as data (#115)", async () => {
  await using world = await archiveWorld();
  const nested = machineArchive({ files: { ...SMALL_MACHINE, "inner.tgz": one.bytes } });
  strictEqual((await world.install(world.request(nested))).result, "installed");
  strictEqual(sha256(Deno.readFileSync(`${world.target}/m/inner.tgz`)), one.checksum);
});

Deno.test("install() refuses 300 MB of zeros behind the end mark (#145)", async () => {
  const padding = new Uint8Array(300 * 1024 * 1024);
  await refuses(signed(gzip(concat(tar(directory("m/"), file("m/a")), padding))), "ratio");
});

const sumsOfOne = Object.entries(one.files)
  .map(([path, content]) => `${sha256(content)}  ${path}\n`).join("");
const filesOfOne = Object.entries(one.files).map(([path, text]) => file(`m/${path}`, text));
const filler = `${"a".repeat(64)}  ${"f".repeat(200)}\n`;

const sumsFiles: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
  [
    "#149 a directory",
    tgz(directory("m/"), ...filesOfOne, directory("m/SHA256SUMS/")),
    "sums_type",
  ],
  [
    "#149 a file over its limit",
    tgz(...filesOfOne, file("m/SHA256SUMS", filler.repeat(MAX_SUMS_BYTES / 250))),
    "sums_too_large",
  ],
  ["#151 missing", tgz(directory("m/"), ...filesOfOne), "sums_missing"],
  [
    "#162 a list with a directory in it",
    tgz(...filesOfOne, file("m/SHA256SUMS", `${sumsOfOne}${"a".repeat(64)}  lib\n`)),
    "missing",
  ],
];

for (const [what, bytes, code] of sumsFiles) {
  Deno.test(`install() refuses for SHA256SUMS ${what}`, async () => {
    const text = what.startsWith("#162")
      ? `${sumsOfOne}${"a".repeat(64)}  lib\n`
      : filler.repeat(MAX_SUMS_BYTES / 250);
    await refuses(signed(bytes, text), code);
  });
}

Deno.test("install() gives files 0644 or 0755 and directories 0755, whatever was archived (#137)", async () => {
  await using world = await archiveWorld();
  const files = { "machine.yaml": 0o6777, "a.txt": 0, "run.sh": 0o4711, "d/x": 0o1666 };
  const sums = Object.keys(files).map((path) => `${sha256(path)}  ${path}\n`).join("");
  const bytes = tgz(
    directory("m/", 0o7777),
    directory("m/d/", 0o2700),
    ...Object.entries(files).map(([path, mode]) => file(`m/${path}`, path, mode)),
    file("m/SHA256SUMS", sums, 0o777),
  );
  await world.install(world.request(signed(bytes, sums)));
  const modes = Object.entries(world.tree()).map(([path, text]) => [path, text.split(" ")[0]]);
  deepStrictEqual(Object.fromEntries(modes.filter(([path]) => path !== "tmp/")), {
    "m/": "755",
    "m/SHA256SUMS": "755",
    "m/a.txt": "644",
    "m/d/": "755",
    "m/d/x": "644",
    "m/machine.yaml": "755",
    "m/run.sh": "755",
  });
});

Deno.test("install() asks for nothing when the archive stands already (#150)", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  await world.install(request);
  const before = Deno.statSync(`${world.target}/m`).ino;
  strictEqual((await world.install(request)).result, "unchanged");
  strictEqual(Deno.statSync(`${world.target}/m`).ino, before);
  strictEqual(world.http.requests.length, 1);
});

Deno.test("install() goes back to what the cache has, without a request (#106)", async () => {
  await using world = await archiveWorld();
  const [a, b] = [world.request(one), world.request(two)];
  await world.install(a);
  world.http.on(b.sources[0] ?? "", new TypeError("connection refused"));
  await using installer = world.installer();
  const install = (request: InstallRequest): Promise<InstallReport> =>
    (installer satisfies ArchiveInstaller).install(request, { signal });
  await rejects(install(b));
  const asked = world.http.requests.length;
  Deno.writeTextFileSync(`${world.target}/m/run.sh`, "other");
  const report = await install(a);
  deepStrictEqual([report.result, report.downloaded], ["installed", 0]);
  strictEqual(world.http.requests.length, asked);
});

Deno.test("recover() leaves the second witness of trust where it is (#177)", async () => {
  await using world = await archiveWorld();
  Deno.mkdirSync(`${world.target}/tmp/.seal`, { recursive: true });
  Deno.mkdirSync(`${world.target}/tmp/x.000000000000/new`, { recursive: true });
  Deno.writeTextFileSync(`${world.target}/tmp/.seal/manager.json`, "{}");
  await recover(world.fs, {
    target: world.target,
    stateDirectory: world.state,
    now: () => world.clock.now(),
  });
  deepStrictEqual(world.fs.readDir(`${world.target}/tmp`).map(({ name }) => name), [".seal"]);
  strictEqual(Deno.readTextFileSync(`${world.target}/tmp/.seal/manager.json`), "{}");
});
