import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { FsError } from "../../src/ports/fs.ts";
import { SMALL_ARCHIVE_BYTES, WorkerInstaller } from "../../src/worker/worker_installer.ts";
import { type ArchiveWorld, archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";
import { file } from "../support/tar_builder.ts";

const signal = new AbortController().signal;

/** Bytes that do not compress. */
function noise(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65_536) {
    crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  }
  return bytes;
}

const big = machineArchive({
  files: { ...SMALL_MACHINE, "big.bin": noise(SMALL_ARCHIVE_BYTES * 4), "b/c": noise(70_000) },
});
const small = machineArchive();

function installer(world: ArchiveWorld): WorkerInstaller {
  return new WorkerInstaller({
    fs: world.fs,
    clock: world.clock,
    log: world.log,
    fetch: world.http.fetch,
    random: () => 0.5,
    stateDirectory: world.state,
  });
}

Deno.test("WorkerInstaller installs large and small archives alike", async () => {
  await using world = await archiveWorld();
  await using large = installer(world);
  for (const archive of [big, small, big]) {
    const request = world.request(archive);
    strictEqual((await large.install(request, { signal })).result, "installed");
    await large.settled();
    strictEqual((await large.check(request, { depth: "full" })).result, "verified");
    strictEqual((await large.install(request, { signal })).result, "unchanged");
    for (const [path, content] of Object.entries(archive.files)) {
      const wanted = typeof content === "string" ? new TextEncoder().encode(content) : content;
      deepStrictEqual(new Uint8Array(await Deno.readFile(`${world.target}/m/${path}`)), wanted);
    }
  }
});

Deno.test("WorkerInstaller repairs a large tree from the cache in a worker", async () => {
  await using world = await archiveWorld();
  await using large = installer(world);
  const request = world.request(big);
  await large.install(request, { signal });
  world.http.off(request.sources[0] ?? "");
  await Deno.writeTextFile(`${world.target}/m/big.bin`, "evil");
  const report = await large.install(request, { signal });
  deepStrictEqual(report.repaired, [{ path: "big.bin", kind: "changed" }]);
  strictEqual(report.downloaded, 0);
  strictEqual((await large.check(request, { depth: "full" })).result, "verified");
});

Deno.test("WorkerInstaller hashes many files in a worker", async () => {
  await using world = await archiveWorld();
  await using large = installer(world);
  const files: Record<string, string> = { ...SMALL_MACHINE };
  for (let i = 0; i < 300; i++) files[`d/f${i}`] = `${i}`;
  const request = world.request(machineArchive({ files }));
  await large.install(request, { signal });
  await large.settled();
  const full = await large.check(request, { depth: "full" });
  strictEqual(full.result, "verified");
  await Deno.writeTextFile(`${world.target}/m/d/f7`, "X");
  deepStrictEqual((await large.check(request)).differences, [{ path: "d/f7", kind: "changed" }]);
});

Deno.test("WorkerInstaller passes on the codes of refusals", async () => {
  await using world = await archiveWorld();
  await using large = installer(world);
  const unlisted = machineArchive({ files: big.files, extra: [file("m/extra")] });
  await rejects(large.install(world.request(unlisted), { signal }), hasCode("unlisted"));
  const request = world.request(big);
  world.http.on(request.sources[0] ?? "", big.bytes.subarray(0, -1).slice());
  await rejects(large.install(request, { signal }), hasCode("checksum"));
  strictEqual(world.fs.lstat(`${world.target}/m`), undefined);
  deepStrictEqual(world.fs.readDir(`${world.target}/tmp`), []);
});

Deno.test("WorkerInstaller passes on failures of the disk as what they are", async () => {
  await using world = await archiveWorld();
  await using large = installer(world);
  const request = world.request(big);
  world.http.on(request.sources[0] ?? "", () => {
    Deno.removeSync(`${world.target}/tmp`, { recursive: true });
    return pieces();
  });
  await rejects(large.install(request, { signal }), (error) => {
    strictEqual(error instanceof FsError && error.code, "not_found", `${error}`);
    return true;
  });
});

Deno.test("WorkerInstaller stops a large install when aborted, and can go on", async () => {
  await using world = await archiveWorld();
  await using large = installer(world);
  const request = world.request(big);
  world.http.on(request.sources[0] ?? "", pieces);
  const abort = new AbortController();
  const reason = new Error("not wanted any more");
  let done = 0;
  const installing = large.install(request, {
    signal: abort.signal,
    onProgress(bytes) {
      done = bytes;
      abort.abort(reason);
    },
  });
  await rejects(installing, reason);
  strictEqual(done < big.bytes.length, true);
  deepStrictEqual(world.fs.readDir(`${world.target}/tmp`), []);
  strictEqual((await large.install(request, { signal })).result, "installed");
});

Deno.test("WorkerInstaller can be disposed twice, and without having worked", async () => {
  await using world = await archiveWorld();
  const large = installer(world);
  await large[Symbol.asyncDispose]();
  await large[Symbol.asyncDispose]();
});

/** The big archive, piece by piece. */
function pieces(): Response {
  let at = 0;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      controller.enqueue(big.bytes.slice(at, at + 65_536));
      at += 65_536;
      if (at >= big.bytes.length) controller.close();
    },
  });
  return new Response(body, { headers: { "content-length": String(big.bytes.length) } });
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
