import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { FRESH_MS } from "../../src/archive/tree_checker.ts";
import { type CheckReport, type Difference, MAX_DIFFERENCES } from "../../src/ports/installer.ts";
import { type ArchiveWorld, archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";

const signal = new AbortController().signal;
const archive = machineArchive({ files: { ...SMALL_MACHINE, "lib/deep/x": "x" } });

/** Installs, then spoils, then checks with an installer that knows nothing yet. */
async function checkAfter(
  spoil: (directory: string, world: ArchiveWorld) => unknown,
  options: { readonly allowUnlisted?: readonly string[] } = {},
): Promise<CheckReport> {
  await using world = await archiveWorld();
  const request = world.request(archive, options);
  await world.install(request);
  await spoil(`${world.target}/m`, world);
  await using installer = world.installer();
  return await installer.check(request);
}

const write = (path: string, text = "evil") => Deno.writeTextFileSync(path, text);

type Found = readonly (readonly [string, Difference["kind"]])[];
const tampered: readonly (readonly [string, (m: string) => unknown, Found])[] = [
  ["#172 a changed byte", (m) => write(`${m}/run.sh`, "#!/bin/sh\necho 2\n"), [[
    "run.sh",
    "changed",
  ]]],
  ["#172 a truncated file", (m) => Deno.truncateSync(`${m}/run.sh`, 3), [["run.sh", "changed"]]],
  ["#172 a deleted file", (m) => Deno.removeSync(`${m}/run.sh`), [["run.sh", "missing"]]],
  ["#172 an execute bit taken", (m) => Deno.chmodSync(`${m}/run.sh`, 0o644), [["run.sh", "mode"]]],
  [
    "#172 an execute bit given",
    (m) => Deno.chmodSync(`${m}/machine.yaml`, 0o755),
    [["machine.yaml", "mode"]],
  ],
  ["#172 setuid", (m) => Deno.chmodSync(`${m}/run.sh`, 0o4755), [["run.sh", "mode"]]],
  ["#172 a directory for all", (m) => Deno.chmodSync(`${m}/lib`, 0o777), [["lib", "mode"]]],
  ["#172 the machine's own mode", (m) => Deno.chmodSync(m, 0o777), [["", "mode"]]],
  ["#173 an added file", (m) => write(`${m}/extra`), [["extra", "unlisted"]]],
  ["#173 an added dot file", (m) => write(`${m}/.hidden`), [[".hidden", "unlisted"]]],
  ["#173 an added file further in", (m) => write(`${m}/lib/deep/y`), [["lib/deep/y", "unlisted"]]],
  ["#173 an editor's copy", (m) => write(`${m}/machine.yaml~`), [["machine.yaml~", "unlisted"]]],
  ["#173 an added directory", (m) => Deno.mkdirSync(`${m}/d`), [["d", "unlisted"]]],
  [
    "#173 a name that is not UTF-8",
    (m) =>
      new Deno.Command("sh", { args: ["-c", `printf x > "${m}/$(printf '\\377')"`] }).outputSync(),
    [["\ufffd", "unlisted"]],
  ],
  ["#174 a link to equal content", (m) => {
    Deno.renameSync(`${m}/run.sh`, `${m}/../copy`);
    Deno.symlinkSync(`${m}/../copy`, `${m}/run.sh`);
  }, [["run.sh", "type"]]],
  ["#174 a hard link", (m) => Deno.linkSync(`${m}/run.sh`, `${m}/../copy`), [["run.sh", "type"]]],
  ["#174 a FIFO", (m) => {
    Deno.removeSync(`${m}/run.sh`);
    new Deno.Command("mkfifo", { args: ["-m", "755", `${m}/run.sh`] }).outputSync();
  }, [["run.sh", "type"]]],
  ["#174 a directory for a file", (m) => {
    Deno.removeSync(`${m}/run.sh`);
    Deno.mkdirSync(`${m}/run.sh`);
  }, [["run.sh", "type"]]],
  ["#174 a linked directory", (m) => {
    Deno.renameSync(`${m}/lib`, `${m}/../lib`);
    Deno.symlinkSync(`${m}/../lib`, `${m}/lib`);
  }, [
    ["lib", "type"],
    ["lib/data.txt", "missing"],
    ["lib/deep", "missing"],
    ["lib/deep/x", "missing"],
  ]],
  ["#176 sums and file altered alike", (m) => {
    write(`${m}/run.sh`);
    const sums = Deno.readTextFileSync(`${m}/SHA256SUMS`);
    write(`${m}/SHA256SUMS`, sums.replace(/^\w{64}(?= {2}run)/m, "a".repeat(64)));
  }, [["SHA256SUMS", "sums"]]],
  ["#151 no sums file", (m) => Deno.removeSync(`${m}/SHA256SUMS`), [["SHA256SUMS", "missing"]]],
  ["a linked sums file", (m) => {
    Deno.renameSync(`${m}/SHA256SUMS`, `${m}/../sums`);
    Deno.symlinkSync(`${m}/../sums`, `${m}/SHA256SUMS`);
  }, [["SHA256SUMS", "sums"]]],
];

for (const [name, spoil, found] of tampered) {
  Deno.test(`check() finds ${name}`, async () => {
    const report = await checkAfter(spoil);
    strictEqual(report.result, "different");
    deepStrictEqual(report.differences.map(({ path, kind }) => [path, kind]), found);
  });
}

const fine: readonly (readonly [string, (m: string) => unknown])[] = [
  ["nothing at all", () => {}],
  ["#172 another modification time", (m) => Deno.utimeSync(`${m}/run.sh`, 1000, 1000)],
  ["#173 the machine's data", (m) => write(`${m}/machine_data.json`, "{}")],
  ["the machine's data half written", (m) => write(`${m}/.machine_data.json.new`, "{")],
];

for (const [name, spoil] of fine) {
  Deno.test(`check() is content with ${name}`, async () => {
    deepStrictEqual((await checkAfter(spoil)).differences, []);
  });
}

Deno.test("check() leaves alone what may be unlisted, and only that (#173)", async () => {
  const allowUnlisted = ["var/cache/", "state"];
  const good = await checkAfter((m) => {
    Deno.mkdirSync(`${m}/var/cache/x`, { recursive: true });
    write(`${m}/var/cache/x/y`);
    write(`${m}/state`);
  }, { allowUnlisted });
  deepStrictEqual(good.differences, []);
  const bad = await checkAfter((m) => {
    Deno.mkdirSync(`${m}/var/cache`, { recursive: true });
    write(`${m}/var/other`);
    write(`${m}/state2`);
  }, { allowUnlisted });
  deepStrictEqual(bad.differences.map(({ path }) => path), ["state2", "var/other"]);
});

Deno.test("check() finds a directory of the archive that is gone", async () => {
  await using world = await archiveWorld();
  const { directory } = await import("../support/tar_builder.ts");
  const request = world.request(machineArchive({ extra: [directory("m/empty/")] }));
  await world.install(request);
  await Deno.remove(`${world.target}/m/empty`);
  await using installer = world.installer();
  deepStrictEqual((await installer.check(request)).differences, [{
    path: "empty",
    kind: "missing",
  }]);
});

Deno.test("check() says absent when nothing is there, and different for what is no directory", async () => {
  await using world = await archiveWorld();
  await using installer = world.installer();
  const request = world.request(archive);
  strictEqual((await installer.check(request)).result, "absent");
  await Deno.writeTextFile(`${world.target}/m`, "");
  deepStrictEqual((await installer.check(request)).differences, [{ path: "", kind: "type" }]);
});

Deno.test("check() reports at most so many differences, sorted", async () => {
  const report = await checkAfter((m) => {
    for (let i = 0; i < MAX_DIFFERENCES + 20; i++) write(`${m}/x${String(i).padStart(3, "0")}`);
  });
  strictEqual(report.differences.length, MAX_DIFFERENCES);
  strictEqual(report.differences[0]?.path, "x000");
});

Deno.test("check() hashes once and then only looks, until something changes", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive);
  await world.install(request);
  await using installer = world.installer();
  // Stamps of files that changed within the last second say nothing yet.
  world.clock.jump(10_000);
  const bytes = (await installer.check(request)).hashed;
  strictEqual(bytes > 0, true);
  strictEqual((await installer.check(request)).hashed, 0);
  strictEqual((await installer.check(request, { depth: "full" })).hashed, bytes);
  await Deno.writeTextFile(`${world.target}/m/run.sh`, "#!/bin/sh\necho 2\n");
  const changed = await installer.check(request);
  deepStrictEqual(changed.differences, [{ path: "run.sh", kind: "changed" }]);
  strictEqual(changed.hashed, 17);
  strictEqual((await installer.check(request)).hashed, 17);
});

Deno.test("check() sees a file that may not be unlisted any more", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive, { allowUnlisted: ["extra"] });
  await world.install(request);
  await Deno.writeTextFile(`${world.target}/m/extra`, "");
  await using installer = world.installer();
  world.clock.jump(10_000);
  for (let i = 0; i < 2; i++) strictEqual((await installer.check(request)).result, "verified");
  const { differences } = await installer.check(world.request(archive));
  deepStrictEqual(differences, [{ path: "extra", kind: "unlisted" }]);
});

Deno.test("check() does not trust stamps that are too fresh", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive);
  await world.install(request);
  // As if the change times were of this very second.
  world.clock.jump(Date.now() - world.clock.now());
  await using installer = world.installer();
  const { hashed } = await installer.check(request);
  strictEqual((await installer.check(request)).hashed, hashed);
});

Deno.test("check() right after an install needs no hashing, and the one after that does", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive);
  await using installer = world.installer();
  await installer.install(request, { signal });
  const first = await installer.check(request);
  deepStrictEqual([first.result, first.hashed], ["verified", 0]);
  await world.clock.advance(FRESH_MS);
  strictEqual((await installer.check(request)).hashed > 0, true);
});

Deno.test("check() sees a change right after an install", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive);
  await using installer = world.installer();
  await installer.install(request, { signal });
  await Deno.writeTextFile(`${world.target}/m/run.sh`, "longer than it was before");
  deepStrictEqual((await installer.check(request)).differences, [{
    path: "run.sh",
    kind: "changed",
  }]);
});

Deno.test("check() without a memory of modes refuses what others may write", async () => {
  await using world = await archiveWorld();
  const request = world.request(archive);
  await world.install(request);
  await Deno.remove(`${world.state}/installed`, { recursive: true });
  const check = async () => {
    await using installer = world.installer();
    return (await installer.check(request)).differences;
  };
  await Deno.chmod(`${world.target}/m/run.sh`, 0o700);
  await Deno.mkdir(`${world.target}/m/empty`);
  deepStrictEqual(await check(), []);
  await Deno.writeTextFile(`${world.target}/m/empty/x`, "");
  await Deno.chmod(`${world.target}/m/run.sh`, 0o722);
  deepStrictEqual(await check(), [{ path: "empty", kind: "unlisted" }, {
    path: "run.sh",
    kind: "mode",
  }]);
});
