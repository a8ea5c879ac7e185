import { deepStrictEqual, match, rejects, strictEqual } from "node:assert/strict";
import { MAX_PART_AGE_MS, MIN_RESUME_BYTES } from "../../src/archive/cache.ts";
import { ArchiveError } from "../../src/archive/errors.ts";
import { type ArchiveWorld, archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";

const signal = new AbortController().signal;
const noise = crypto.getRandomValues(new Uint8Array(65_536));
/** Large enough that what an interrupted download leaves is worth keeping. */
const big = machineArchive({
  files: { ...SMALL_MACHINE, a: noise, b: noise.toReversed(), c: noise.map((byte) => byte ^ 0x55) },
});
const KEPT = MIN_RESUME_BYTES + 10_000;

/** Serves the archive with ranges; `cut` ends bodies early, `etag` changes what it is. */
function serve(
  world: ArchiveWorld,
  options: { readonly cut?: number; readonly etag?: string; readonly bytes?: Uint8Array } = {},
): string {
  const { cut, etag = '"1"', bytes = big.bytes } = options;
  const url = `http://files.test/${big.checksum}.tgz`;
  world.http.on(url, (request) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
    const same = request.headers.get("if-range") === etag;
    const from = range !== null && same ? Number(range[1]) : 0;
    const headers: Record<string, string> = { etag, "content-length": String(bytes.length - from) };
    if (from > 0) headers["content-range"] = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
    const rest = bytes.slice(from, cut);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        controller.enqueue(rest);
        controller.close();
      },
    });
    return new Response(body, { status: from > 0 ? 206 : 200, headers });
  });
  return url;
}

Deno.test("install() goes on with an interrupted download, and hashes all of it (#100)", async () => {
  await using world = await archiveWorld();
  const request = world.request(big);
  serve(world, { cut: KEPT });
  await rejects(world.install(request), hasCode("truncated"));
  strictEqual(world.fs.lstat(`${world.state}/cache/${big.checksum}.part`)?.size, KEPT);
  serve(world);
  const report = await world.install(request);
  strictEqual(report.downloaded, big.bytes.length - KEPT);
  strictEqual(world.http.requests.at(-1)?.headers.get("range"), `bytes=${KEPT}-`);
  strictEqual(world.fs.lstat(`${world.state}/cache/${big.checksum}`)?.size, big.bytes.length);
  strictEqual(world.fs.lstat(`${world.state}/cache/${big.checksum}.part.json`), undefined);
});

Deno.test("install() starts again when the server has other bytes now (#100)", async () => {
  await using world = await archiveWorld();
  const request = world.request(big);
  serve(world, { cut: KEPT, etag: '"old"', bytes: new Uint8Array(big.bytes.length) });
  await rejects(world.install(request), hasCode("truncated"));
  serve(world);
  strictEqual((await world.install(request)).downloaded, big.bytes.length);
});

Deno.test("install() starts again when what was left had been tampered with (#101)", async () => {
  await using world = await archiveWorld();
  const request = world.request(big);
  serve(world, { cut: KEPT });
  await rejects(world.install(request), hasCode("truncated"));
  await Deno.writeFile(`${world.state}/cache/${big.checksum}.part`, new Uint8Array(KEPT));
  serve(world);
  strictEqual((await world.install(request)).downloaded, big.bytes.length);
  const offsets = world.http.requests.map(({ headers }) => headers.get("range"));
  deepStrictEqual(offsets, [null, `bytes=${KEPT}-`, null]);
});

Deno.test("install() keeps nothing of wrong bytes, of little, and of what cannot be compared", async () => {
  await using world = await archiveWorld();
  const request = world.request(big);
  const part = `${world.state}/cache/${big.checksum}.part`;
  serve(world, { bytes: new Uint8Array(big.bytes.length) });
  await rejects(world.install(request), hasCode("checksum"));
  strictEqual(world.fs.lstat(part), undefined);
  serve(world, { cut: 1000 });
  await rejects(world.install(request), hasCode("truncated"));
  serve(world);
  strictEqual((await world.install(request)).downloaded, big.bytes.length);
  await Deno.remove(`${world.target}/m`, { recursive: true });
  await Deno.remove(`${world.state}/cache`, { recursive: true });
  serve(world, { cut: KEPT, etag: 'W/"weak"' });
  await rejects(world.install(request), hasCode("truncated"));
  strictEqual(world.fs.lstat(part), undefined);
});

Deno.test("install() does not go on with the bytes of another source", async () => {
  await using world = await archiveWorld();
  const request = world.request(big);
  serve(world, { cut: KEPT });
  await rejects(world.install(request), hasCode("truncated"));
  const other = { ...request, sources: ["http://other.test/x"] };
  world.http.on("http://other.test/x", big.bytes);
  strictEqual((await world.install(other)).downloaded, big.bytes.length);
});

Deno.test("install() takes the second source when the first is no good, and says so (#102)", async () => {
  await using world = await archiveWorld();
  const good = world.request(big);
  const bad = "http://bad.test/x?token=canary";
  const answers: readonly (readonly [Parameters<typeof world.http.on>[1], string])[] = [
    [new Uint8Array(10), "checksum"],
    [() => new Response(null, { status: 500 }), "http_500"],
    [new TypeError("connection refused"), "unreachable"],
  ];
  for (const [answer, why] of answers) {
    world.http.on(bad, answer);
    await world.install({ ...good, sources: [bad, ...good.sources] });
    const line = world.log.entries.findLast(({ fields }) => fields.code === "mirror_bad");
    strictEqual(line?.fields.why, why);
    strictEqual(world.log.text().includes("canary"), false);
    await Deno.remove(`${world.target}/m`, { recursive: true });
    await Deno.remove(`${world.state}/cache`, { recursive: true });
  }
  world.http.off(good.sources[0] ?? "");
  world.http.on(bad, () => new Response(null, { status: 503, headers: { "retry-after": "9" } }));
  await rejects(world.install({ ...good, sources: [bad, ...good.sources] }), (error) => {
    strictEqual(error instanceof ArchiveError && error.code, "http_503");
    strictEqual(error instanceof ArchiveError && error.retryAfterMs, 9000);
    return true;
  });
});

Deno.test("install() asks no second source for an archive that is itself refused", async () => {
  await using world = await archiveWorld();
  const bad = machineArchive({ files: { x: "" } });
  const request = world.request(bad);
  await rejects(
    world.install({ ...request, sources: [...request.sources, "http://b.test/"] }),
    hasCode("no_machine"),
  );
  strictEqual(world.http.requests.length, 1);
});

Deno.test("install() names the content type of what is no archive (#77 #97)", async () => {
  await using world = await archiveWorld();
  const request = world.request(big);
  const url = request.sources[0] ?? "";
  world.http.on(
    url,
    () => new Response("<html>sign in</html>", { headers: { "content-type": "text/html" } }),
  );
  await rejects(world.install(request), (error) => {
    strictEqual(error instanceof ArchiveError && error.code, "checksum");
    match(`${error}`, /content-type "text\/html"/);
    return true;
  });
  world.http.on(url, () => new Response(big.bytes, { headers: { "content-type": "text/html" } }));
  strictEqual((await world.install(request)).result, "installed");
});

Deno.test("install() tells how far it is", async () => {
  await using world = await archiveWorld();
  await using installer = world.installer();
  const seen: (number | undefined)[] = [];
  await installer.install(world.request(big), {
    signal,
    onProgress(done, total) {
      seen.push(done, total);
    },
  });
  deepStrictEqual(seen.slice(-2), [big.bytes.length, big.bytes.length]);
});

Deno.test("install() waits for a free slot, and is not lost while it waits", async () => {
  await using world = await archiveWorld();
  const gate = Promise.withResolvers<void>();
  const requests = Array.from({ length: 7 }, (_, i) => {
    const archive = machineArchive({ name: `m${i}` });
    const request = world.request(archive);
    world.http.on(request.sources[0] ?? "", async () => {
      await gate.promise;
      return new Response(archive.bytes);
    });
    return request;
  });
  await using installer = world.installer();
  const all = requests.map((request) => installer.install(request, { signal }));
  await world.clock.settle();
  await world.clock.settle();
  strictEqual(world.http.requests.length, 4);
  gate.resolve();
  deepStrictEqual((await Promise.all(all)).map(({ result }) => result), Array(7).fill("installed"));
});

Deno.test("sweep() keeps the cache within its bounds, and what is installed is kept longest (#180)", async () => {
  await using world = await archiveWorld();
  const { ArchiveCache } = await import("../../src/archive/cache.ts");
  const directory = `${world.state}/cache`;
  await Deno.mkdir(directory, { recursive: true });
  const name = (i: number) => String(i).repeat(64);
  for (let i = 1; i <= 5; i++) {
    await Deno.writeFile(`${directory}/${name(i)}`, new Uint8Array(100));
    await Deno.utime(`${directory}/${name(i)}`, 1000 + i, 1000 + i);
  }
  await Deno.writeTextFile(`${directory}/${name(6)}.part`, "");
  await Deno.writeTextFile(`${directory}/stranger`, "");
  const names = () => world.fs.readDir(directory).map((entry) => entry.name[0]);
  const now = Date.now();
  const wanted = new Set([name(1)]);
  new ArchiveCache(world.fs, { directory, maxBytes: 400 }).sweep({ wanted, now });
  deepStrictEqual(names(), ["1", "3", "4", "5", "6"]);
  new ArchiveCache(world.fs, { directory, maxFiles: 2 }).sweep({ wanted, now });
  deepStrictEqual(names(), ["1", "5", "6"]);
  new ArchiveCache(world.fs, { directory }).sweep({ wanted, now: now + MAX_PART_AGE_MS + 5000 });
  deepStrictEqual(names(), ["1", "5"]);
  const small = new ArchiveCache(world.fs, { directory, maxBytes: 10 });
  strictEqual(small.part(name(7), 11), undefined);
  strictEqual(small.part(name(7), 10), `${directory}/${name(7)}.part`);
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
