import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { sha256 } from "../../src/util/digest.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { archiveWorld } from "../support/archive_world.ts";
import { machineArchive, SMALL_MACHINE } from "../support/machine_archive.ts";
import { entry, file } from "../support/tar_builder.ts";

const signal = new AbortController().signal;
const one = machineArchive();
const two = machineArchive({
  files: { ...SMALL_MACHINE, "lib/data.txt": "two\n", "new.txt": "n" },
});

const treeOfOne = {
  "m/": "755",
  "m/SHA256SUMS": `644 ${sumsOf(one)}`,
  "m/lib/": "755",
  "m/lib/data.txt": "644 data\n",
  "m/machine.yaml": "644 name: m\nversion: 1.0.0\n",
  "m/run.sh": "755 #!/bin/sh\necho 1\n",
};

Deno.test("install() makes exactly what was signed, once, and leaves nothing else", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  deepStrictEqual(await world.install(request), {
    result: "installed",
    checksum: one.checksum,
    downloaded: one.bytes.length,
  });
  deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
  deepStrictEqual(await world.install(request), {
    result: "unchanged",
    checksum: one.checksum,
    downloaded: 0,
  });
  strictEqual(world.http.requests.length, 1);
  deepStrictEqual(world.fs.readDir(`${world.state}/journal`), []);
  strictEqual(world.fs.lstat(`${world.state}/cache/${one.checksum}`)?.mode, 0o600);
});

Deno.test("install() replaces a version, keeps the machine's data, and the old version in the trash", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(one));
  await Deno.writeTextFile(`${world.target}/m/machine_data.json`, '{"a":1}', { mode: 0o600 });
  const held: string[] = [];
  await using installer = world.installer();
  const report = await installer.install(world.request(two), {
    signal,
    hold(directory) {
      held.push(`hold ${directory}`);
      return Promise.resolve({
        [Symbol.asyncDispose]() {
          held.push("release");
          return Promise.resolve();
        },
      });
    },
  });
  strictEqual(report.result, "installed");
  strictEqual(report.repaired, undefined);
  deepStrictEqual(held, ["hold m", "release"]);
  await installer.settled();
  strictEqual(world.tree()["m/machine_data.json"], '600 {"a":1}');
  strictEqual(world.tree()["m/lib/data.txt"], "644 two\n");
  const [generation] = world.fs.readDir(`${world.state}/trash/m`);
  const old = world.tree(`${world.state}/trash/m/${generation?.name}/tree`, "m/");
  strictEqual(old["m/lib/data.txt"], "644 data\n");
  strictEqual(old["m/machine_data.json"], '600 {"a":1}');
  strictEqual((await installer.check(world.request(two))).result, "verified");
});

Deno.test("install() carries what may be unlisted to the next version, and follows no link (#173)", async () => {
  await using world = await archiveWorld();
  const more = { allowUnlisted: ["var/cache/", "state.txt", "link"] };
  await world.install(world.request(one, more));
  const m = `${world.target}/m`;
  await Deno.mkdir(`${m}/var/cache/deep`, { recursive: true });
  await Deno.writeTextFile(`${m}/var/cache/deep/f`, "kept");
  await Deno.symlink("/etc", `${m}/var/cache/etc`);
  await Deno.writeTextFile(`${m}/state.txt`, "s");
  await Deno.symlink("/etc/passwd", `${m}/link`);
  await world.install(world.request(two, more));
  const tree = world.tree(m);
  strictEqual(tree["var/cache/deep/f"], "644 kept");
  strictEqual(tree["state.txt"], "644 s");
  strictEqual(tree["var/cache/etc"], undefined);
  strictEqual(tree["link"], undefined);
  strictEqual((await world.install(world.request(two, more))).result, "unchanged");
});

Deno.test("install() repairs from the cache, without a network (#103)", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  await world.install(request);
  world.http.off(request.sources[0] ?? "");
  await Deno.writeTextFile(`${world.target}/m/run.sh`, "evil");
  await Deno.writeTextFile(`${world.target}/m/extra`, "evil");
  const report = await world.install(request);
  deepStrictEqual(report, {
    result: "installed",
    checksum: one.checksum,
    repaired: [{ path: "extra", kind: "unlisted" }, { path: "run.sh", kind: "changed" }],
    downloaded: 0,
  });
  deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
  // A tree that somebody spoiled is no generation to go back to.
  strictEqual(world.fs.lstat(`${world.state}/trash/m`), undefined);
});

Deno.test("install() hashes a cached archive again, and fetches a rotten one anew (#103)", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  await world.install(request);
  await Deno.writeTextFile(`${world.state}/cache/${one.checksum}`, "rotten");
  await Deno.remove(`${world.target}/m`, { recursive: true });
  strictEqual((await world.install(request)).downloaded, one.bytes.length);
  deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
});

Deno.test("install() takes over a tree that somebody else installed right", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  await world.install(request);
  await Deno.remove(world.state, { recursive: true });
  strictEqual((await world.install(request)).result, "unchanged");
  strictEqual(world.http.requests.length, 1);
});

Deno.test("install() replaces a link and whatever else stands in the place, and follows nothing (#175)", async () => {
  await using world = await archiveWorld();
  await using outside = await archiveWorld();
  await outside.install(outside.request(one));
  await Deno.symlink(`${outside.target}/m`, `${world.target}/m`);
  const request = world.request(one);
  await using installer = world.installer();
  deepStrictEqual((await installer.check(request)).differences, [{ path: "", kind: "type" }]);
  await installer.install(request, { signal });
  await installer.settled();
  deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
  strictEqual(outside.tree()["m/run.sh"], treeOfOne["m/run.sh"]);
});

Deno.test("install() fetches an archive for two at a time once (#105)", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  await using installer = world.installer();
  const reports = await Promise.all([
    installer.install(request, { signal }),
    installer.install(request, { signal }),
  ]);
  deepStrictEqual(reports.map(({ result }) => result), ["installed", "unchanged"]);
  strictEqual(world.http.requests.length, 1);
});

Deno.test("install() abandons its work when aborted, and what stands stays (#105)", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(one));
  const request = world.request(two);
  const abort = new AbortController();
  const reason = new Error("another version is wanted");
  world.http.on(request.sources[0] ?? "", () => {
    abort.abort(reason);
    return new Response(two.bytes);
  });
  await using installer = world.installer();
  await rejects(installer.install(request, { signal: abort.signal }), reason);
  await rejects(installer.install(request, { signal: abort.signal }), reason);
  deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
});

Deno.test("install() asks for the hold with the tree staged, and gives up when it is refused", async () => {
  await using world = await archiveWorld();
  await world.install(world.request(one));
  await using installer = world.installer();
  const reason = new Error("it does not stop");
  await rejects(
    installer.install(world.request(two), { signal, hold: () => Promise.reject(reason) }),
    reason,
  );
  deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
});

Deno.test("install() ends a replacement that the disk kept from ending, before the next (#168)", async () => {
  await using world = await archiveWorld();
  let broken = true;
  const fs = new FaultFs(world.fs, {
    at: 1,
    fault: "io",
    sticky: true,
    counts: (operation, path) => broken && operation === "sync" && path.endsWith("/m/run.sh"),
  });
  await using installer = world.installer(fs);
  await installer.install(world.request(one), { signal });
  await installer.settled();
  const journal = () => world.fs.readDir(`${world.state}/journal`).length;
  strictEqual(journal(), 1);
  strictEqual(world.log.messages("warn").length, 1);
  await rejects(installer.install(world.request(two), { signal }));
  strictEqual(journal(), 1);
  deepStrictEqual(world.tree()["m/run.sh"], treeOfOne["m/run.sh"]);
  broken = false;
  strictEqual((await installer.install(world.request(two), { signal })).result, "installed");
  await installer.settled();
  strictEqual(journal(), 0);
});

Deno.test("install() lets the machine start before it makes its tree durable", async () => {
  await using world = await archiveWorld();
  const fs = new FaultFs(world.fs);
  await using installer = world.installer(fs);
  await installer.install(world.request(one), { signal });
  const synced = () => fs.trace.filter((line) => /^sync .*\/m\//.test(line)).length;
  strictEqual(synced(), 0);
  await installer.settled();
  strictEqual(synced(), 4);
});

const refused: readonly (readonly [string, Parameters<typeof machineArchive>[0], string])[] = [
  ["#133 another top directory", { name: "other" }, "top_dir"],
  ["#136 no machine.yaml", { files: { "a": "a" } }, "no_machine"],
  ["#136 machine.yaml further in", { files: { "d/machine.yaml": "a" } }, "no_machine"],
  ["#160 a listed file that is missing", { sums: `${"a".repeat(64)}  nothing\n` }, "missing"],
  ["#161 a file that is not listed", { extra: [file("m/extra")] }, "unlisted"],
  ["#164 sums that list themselves", { sums: `${"a".repeat(64)}  SHA256SUMS\n` }, "sums_itself"],
  ["#165 empty sums", { sums: "" }, "sums_empty"],
  ["the machine's own data", { extra: [file("m/machine_data.json")] }, "runtime_file"],
  ["#124 a FIFO", { extra: [entry({ name: "m/x", type: "6" })] }, "type"],
];

for (const [name, options, code] of refused) {
  Deno.test(`install() refuses ${name}, and what stands stays`, async () => {
    await using world = await archiveWorld();
    await world.install(world.request(one));
    const archive = machineArchive(options);
    await rejects(world.install(world.request(archive, { creates: "m" })), hasCode(code));
    deepStrictEqual(world.tree(), { ...treeOfOne, "tmp/": "700" });
    strictEqual(world.fs.lstat(`${world.state}/cache/${archive.checksum}.part`), undefined);
  });
}

Deno.test("install() refuses sums with another digest than was signed (#151)", async () => {
  await using world = await archiveWorld();
  const request = { ...world.request(one), verifyChecksum: "0".repeat(64) };
  await rejects(world.install(request), hasCode("sums_checksum"));
  await rejects(world.install({ ...world.request(one), verify: "SUMS" }), hasCode("sums_missing"));
});

Deno.test("install() takes unlisted files that the machine may have (#161)", async () => {
  await using world = await archiveWorld();
  const archive = machineArchive({ extra: [file("m/extra")] });
  const request = world.request(archive, { allowUnlisted: ["extra"] });
  strictEqual((await world.install(request)).result, "installed");
  strictEqual((await world.install(request)).result, "unchanged");
});

Deno.test("install() and check() throw TypeError for names and digests that are none", async () => {
  await using world = await archiveWorld();
  const request = world.request(one);
  await using installer = world.installer();
  for (
    const wrong of [
      { creates: "../m" },
      { creates: "" },
      { creates: ".." },
      { verify: "a/b" },
      { target: "relative" },
      { verifyChecksum: "A".repeat(64) },
      { checksum: "1" },
    ]
  ) {
    await rejects(
      async () => await installer.install({ ...request, ...wrong }, { signal }),
      TypeError,
    );
  }
});

function sumsOf(
  archive: { readonly files: Readonly<Record<string, string | Uint8Array>> },
): string {
  const digests: Record<string, string> = {};
  for (const [path, content] of Object.entries(archive.files)) digests[path] = sha256(content);
  return Object.entries(digests).map(([path, hex]) => `${hex}  ${path}\n`).join("");
}

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
