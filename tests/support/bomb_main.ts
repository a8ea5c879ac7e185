/** `make NAME FILE` writes a hostile archive; `run FILE DIRECTORY` unpacks it and prints what that cost as JSON. */
import { createGzip } from "node:zlib";
import { createHash } from "node:crypto";
import { ArchiveError } from "../../src/archive/errors.ts";
import { limitsFor } from "../../src/archive/limits.ts";
import { Unpacking } from "../../src/archive/unpacking.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import * as t from "./tar_builder.ts";

/** Pieces of a tar that is never whole in memory. */
const BOMBS: Readonly<Record<string, () => Generator<Uint8Array>>> = {
  *zeros() {
    yield t.block({ name: "m/zeros", size: 200 << 20 });
    for (let i = 0; i < 200; i++) yield new Uint8Array(1 << 20);
  },
  *padding() {
    yield t.tar(t.file("m/a"));
    for (let i = 0; i < 1024; i++) yield new Uint8Array(1 << 20);
  },
  *files() {
    for (let i = 0; i < 200_000; i++) yield t.file(`m/f${i}`, "");
  },
  *directories() {
    for (let i = 0; i < 100_000; i++) yield t.directory(`m/d${i}/`);
  },
  *pax() {
    for (let i = 0; i < 200; i++) {
      yield t.entry({ name: "x", type: "g" }, t.paxRecord("comment", "c".repeat(1_000_000)));
    }
  },
};

const [mode, first = "", second = ""] = Deno.args;
if (mode === "make") await make(first, second);
else await run(first, second);

async function make(name: string, path: string): Promise<void> {
  const pieces: Uint8Array[] = [];
  const gzip = createGzip({ level: 9 });
  gzip.on("data", (piece: Uint8Array) => pieces.push(piece));
  const ended = new Promise((resolve) => gzip.on("end", resolve));
  for (const piece of BOMBS[name]?.() ?? []) {
    await new Promise<void>((resolve) => gzip.write(piece, () => resolve()));
  }
  gzip.end();
  await ended;
  await Deno.writeFile(path, t.concat(...pieces));
}

async function run(path: string, directory: string): Promise<void> {
  const idle = memory("VmRSS");
  await using unpacking = new Unpacking(new DenoFs(), {
    directory,
    top: "m",
    checksum: createHash("sha256").update(await Deno.readFile(path)).digest("hex"),
    verify: "SHA256SUMS",
    verifyChecksum: "0".repeat(64),
    limits: limitsFor(undefined),
    allowUnlisted: [],
  });
  let code = "";
  try {
    await unpacking.readFrom(path);
    await unpacking.finish();
  } catch (error) {
    code = error instanceof ArchiveError ? error.code : String(error);
  }
  console.log(JSON.stringify({ code, idle, peak: memory("VmHWM") }));
}

/** Bytes, by a name of `/proc/self/status`. */
function memory(field: string): number {
  const found = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(
    Deno.readTextFileSync("/proc/self/status"),
  );
  return Number(found?.[1]) * 1024;
}
