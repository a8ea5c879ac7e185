import { deepStrictEqual, notStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { buildArchive } from "../../src/archive/build.ts";
import { ArchiveError } from "../../src/archive/errors.ts";
import { Unpacking } from "../../src/archive/unpacking.ts";
import { limitsFor } from "../../src/archive/limits.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();

async function machine(path: string): Promise<void> {
  await Deno.mkdir(`${path}/lib/empty`, { recursive: true });
  await Deno.writeTextFile(`${path}/machine.yaml`, "name: m\n");
  await Deno.writeTextFile(`${path}/run.sh`, "#!/bin/sh\n", { mode: 0o700 });
  await Deno.writeTextFile(`${path}/lib/${"long".repeat(40)}`, "x");
  await Deno.writeTextFile(`${path}/lib/ü`, "");
  await Deno.writeTextFile(`${path}/machine_data.json`, "{}");
}

Deno.test("buildArchive() gives the same bytes for the same content, and nothing of the machine's data", async () => {
  await using a = await temporaryDirectory();
  await using b = await temporaryDirectory();
  await machine(a.path);
  await machine(b.path);
  await Deno.chmod(`${b.path}/run.sh`, 0o755);
  await Deno.utime(`${b.path}/machine.yaml`, 1000, 1000);
  const first = await buildArchive(fs, a.path, { name: "m" });
  const again = await buildArchive(fs, a.path, { name: "m" });
  const other = await buildArchive(fs, b.path, { name: "m" });
  deepStrictEqual(first.bytes, again.bytes);
  deepStrictEqual(first.bytes, other.bytes);
  strictEqual(first.size, first.bytes.length);
  deepStrictEqual(first.files, [
    "SHA256SUMS",
    `lib/${"long".repeat(40)}`,
    "lib/ü",
    "machine.yaml",
    "run.sh",
  ]);
  // The header says neither when nor where (RFC 1952).
  deepStrictEqual([...first.bytes.subarray(0, 10)], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  await Deno.writeTextFile(`${b.path}/run.sh`, "#!/bin/sh\n#");
  notStrictEqual((await buildArchive(fs, b.path, { name: "m" })).checksum, first.checksum);
});

Deno.test("buildArchive() makes what the node unpacks, and GNU tar and sha256sum accept", async () => {
  await using source = await temporaryDirectory();
  await using stage = await temporaryDirectory();
  await machine(source.path);
  const built = await buildArchive(fs, source.path, { name: "m" });
  await using unpacking = new Unpacking(fs, {
    directory: stage.path,
    top: "m",
    checksum: built.checksum,
    verify: "SHA256SUMS",
    verifyChecksum: built.verifyChecksum,
    limits: limitsFor(built.size),
    allowUnlisted: [],
  });
  await unpacking.write(built.bytes);
  const tree = await unpacking.finish();
  deepStrictEqual(tree.executables, ["run.sh"]);
  deepStrictEqual([...tree.directories].sort(), ["", "lib", "lib/empty"]);
  await Deno.writeFile(`${stage.path}/m.tgz`, built.bytes);
  const tar = await new Deno.Command("tar", { args: ["xzf", "m.tgz"], cwd: stage.path }).output();
  strictEqual(tar.code, 0);
  const sums = await new Deno.Command("sha256sum", {
    args: ["--strict", "-c", "SHA256SUMS"],
    cwd: `${stage.path}/m`,
  }).output();
  strictEqual(sums.code, 0);
});

const refused: readonly (readonly [string, (path: string) => Promise<unknown>, string])[] = [
  ["no machine.yaml", (path) => Deno.remove(`${path}/machine.yaml`), "no_machine"],
  ["a link", (path) => Deno.symlink("/etc/passwd", `${path}/link`), "type"],
  ["a newline in a name", (path) => Deno.writeTextFile(`${path}/a\nb`, ""), "name"],
  ["a backslash in a name", (path) => Deno.writeTextFile(`${path}/a\\b`, ""), "path"],
  ["case twins", (path) => Deno.writeTextFile(`${path}/RUN.sh`, ""), "conflict"],
];

for (const [name, spoil, code] of refused) {
  Deno.test(`buildArchive() refuses ${name}, as nodes would`, async () => {
    await using source = await temporaryDirectory();
    await machine(source.path);
    await spoil(source.path);
    await rejects(buildArchive(fs, source.path, { name: "m" }), (error) => {
      strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
      return true;
    });
  });
}

Deno.test("buildArchive() refuses more bytes than it may read", async () => {
  await using source = await temporaryDirectory();
  await machine(source.path);
  await rejects(buildArchive(fs, source.path, { name: "m", maxBytes: 5 }), ArchiveError);
});
