import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { ArchiveError } from "../../src/archive/errors.ts";
import { denoFetch } from "../../src/deno/fetch.ts";
import type { ArchiveWorld } from "../support/archive_world.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { bytesResponse, startHttpServer } from "../support/http_server.ts";
import { type MachineArchive, machineArchive } from "../support/machine_archive.ts";

const one = machineArchive();

/** Installs over the real network. */
async function install(world: ArchiveWorld, archive: MachineArchive, source: string) {
  const { fs, clock, log, state } = world;
  await using installer = new ArchiveInstaller({
    fs,
    clock,
    log,
    fetch: denoFetch,
    random: Math.random,
    stateDirectory: state,
  });
  const request = { ...world.request(archive), sources: [source] };
  return await installer.install(request, { signal: new AbortController().signal });
}

for (const encoding of ["gzip", "br", "x-gzip", "gzip, gzip", "identity"]) {
  Deno.test(`install() hashes the bytes as they come, with content-encoding ${encoding} too (#95)`, async () => {
    await using world = await archiveWorld();
    const page = () => bytesResponse(one.bytes, { headers: { "content-encoding": encoding } });
    await using server = startHttpServer({ pages: { "/a.tgz": page } });
    strictEqual((await install(world, one, `${server.url}/a.tgz`)).result, "installed");
    strictEqual(server.requests[0]?.headers.get("accept-encoding"), "identity");
  });
}

Deno.test("install() refuses an archive that was encoded once more, without undoing it (#95)", async () => {
  await using world = await archiveWorld();
  const page = () =>
    bytesResponse(new Uint8Array(gzipSync(one.bytes)), { headers: { "content-encoding": "gzip" } });
  await using server = startHttpServer({ pages: { "/a.tgz": page } });
  await rejects(install(world, one, `${server.url}/a.tgz`), hasCode("checksum"));
});

Deno.test("install() does not unpack a bomb of the HTTP level (#96)", async () => {
  await using world = await archiveWorld();
  const bomb = new Uint8Array(gzipSync(new Uint8Array(200 * 1024 * 1024)));
  const page = () => bytesResponse(bomb, { headers: { "content-encoding": "gzip" } });
  await using server = startHttpServer({ pages: { "/a.tgz": page } });
  // Decoded it would be above the limit, and refused as that.
  await rejects(install(world, one, `${server.url}/a.tgz`), hasCode("checksum"));
  deepStrictEqual(Object.keys(world.tree()).filter((path) => path !== "tmp/"), []);
});

const nowhere = ["http://127.0.0.1:9/a.tgz", "http://[::1]:9/a.tgz", "http://none.invalid/a.tgz"];
for (const source of nowhere) {
  Deno.test(`install() says unreachable for ${source}, and what stands stays (#89)`, async () => {
    await using world = await archiveWorld();
    await world.install(world.request(one));
    const before = world.tree();
    const two = machineArchive({ files: { "machine.yaml": "name: m\nversion: 2.0.0\n" } });
    await rejects(install(world, two, source), hasCode("unreachable"));
    deepStrictEqual(world.tree(), before);
  });
}

function hasCode(code: string) {
  return (error: unknown) => error instanceof ArchiveError && error.code === code;
}
