import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { unpackTar } from "modern-tar";
import { ArchiveError } from "../../src/archive/errors.ts";
import { Untar } from "../../src/archive/untar.ts";
import { PathLedger } from "../../src/archive/path_ledger.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import * as t from "../support/tar_builder.ts";

/** Mutations that are compared with modern-tar, which is quick, and with GNU tar, which is a process each. */
const COUNT = 6000;
const GNU_COUNT = 150;
const SEED = 20261122;

/** What both readers are to list: path, type and content, in order. */
type Listing = readonly (readonly [path: string, kind: string, content: string])[];

const decoder = new TextDecoder("latin1");

/** Our list, or undefined when refused. */
function ours(bytes: Uint8Array): Listing | undefined {
  const list: [string, string, string][] = [];
  const ledger = new PathLedger({ top: "m", entries: 1000, bytes: 1 << 20 });
  const untar = new Untar({
    entry(entry) {
      ledger.add(entry);
      list.push([entry.path, entry.kind, ""]);
    },
    content(piece) {
      const last = list.at(-1);
      if (last !== undefined) last[2] += decoder.decode(piece);
    },
    endFile() {},
  });
  try {
    untar.push(bytes);
    untar.end();
    return list;
  } catch (error) {
    if (error instanceof ArchiveError) return undefined;
    throw error;
  }
}

/** Undefined when it refuses: it reads owners and times, which nobody here wants. */
async function modern(bytes: Uint8Array<ArrayBuffer>): Promise<Listing | undefined> {
  const entries = await unpackTar(bytes, { strict: true }).catch(() => undefined);
  if (entries === undefined) return undefined;
  return entries.map(({ header, data }) =>
    [normal(header.name), header.type ?? "file", decoder.decode(data ?? new Uint8Array())] as const
  ).filter(([path]) => path !== "" && path !== ".");
}

/** What GNU tar puts on the disk; it knows no order there. */
async function gnu(bytes: Uint8Array): Promise<Listing> {
  await using directory = await temporaryDirectory();
  const file = `${directory.path}.tar`;
  try {
    await Deno.writeFile(file, bytes);
    const { code, stderr } = await new Deno.Command("tar", {
      args: ["xf", file, "-C", directory.path, "--no-same-owner", "--no-same-permissions"],
      env: { LC_ALL: "C.UTF-8" },
    }).output();
    // Owners and times that are no numbers are an error to it only after it has unpacked all.
    const said = new TextDecoder().decode(stderr);
    const harmless =
      /^(?:.*(?:\b(?:uid_t|gid_t|time_t)\b|due to previous errors|implausibly old|time stamp).*\n)+$/;
    strictEqual(code === 0 || harmless.test(said), true, said);
    return walk(directory.path);
  } finally {
    await Deno.remove(file);
  }
}

function walk(root: string, prefix = ""): [string, string, string][] {
  const found: [string, string, string][] = [];
  for (const entry of Deno.readDirSync(`${root}/${prefix}`)) {
    const path = `${prefix}${entry.name}`;
    if (entry.isDirectory) found.push([path, "directory", ""], ...walk(root, `${path}/`));
    else if (entry.isFile) {
      found.push([path, "file", decoder.decode(Deno.readFileSync(`${root}/${path}`))]);
    } else found.push([path, "other", ""]);
  }
  return found;
}

function normal(name: string): string {
  return name.replace(/^\.\//, "").replace(/\/$/, "");
}

/** Our list as it stands on a disk: with the directories that only paths imply, sorted. */
function onDisk(list: Listing): Listing {
  const all = new Map(list.map((entry) => [entry[0], entry]));
  for (const [path] of list) {
    for (let slash = path.indexOf("/"); slash > 0; slash = path.indexOf("/", slash + 1)) {
      const parent = path.slice(0, slash);
      if (!all.has(parent)) all.set(parent, [parent, "directory", ""]);
    }
  }
  return sorted([...all.values()]);
}

function sorted(list: Listing): Listing {
  return [...list].sort((a, b) => a[0] < b[0] ? -1 : 1);
}

/** A small generator with a seed (mulberry32): the same numbers on every run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

const seeds: readonly Uint8Array[] = [
  t.tar(t.directory("m/"), t.file("m/machine.yaml", "name: m\n"), t.file("m/run", "x", 0o755)),
  t.tar(t.directory("./"), t.directory("./m/"), t.file("./m/a", "a".repeat(600))),
  t.tar(t.longName(`m/${"n".repeat(150)}`), t.file("m/n", "long"), t.file("m/z", "z")),
  t.tar(t.pax({ path: `m/${"p".repeat(150)}`, size: "3" }), t.file("m/p", "pax"), t.file("m/z")),
  t.tar(t.pax({ comment: "c0ffee" }, "g"), t.file("m/a", "a"), t.file("m/b/c", "bc")),
  t.tar(t.entry({ name: "b", prefix: "m/a" }, "pre"), t.entry({ name: "m/o", type: "\0" }, "old")),
  t.tar(t.entry({ name: "m/v7", magic: "\0".repeat(8) }, "v7"), t.directory("m/d/")),
  t.tar(t.entry({ name: "m/big", size: t.base256(3n) }, "256"), t.file("m/e", "")),
];

const interesting = [
  0,
  1,
  0x20,
  0x2e,
  0x2f,
  0x30,
  0x31,
  0x35,
  0x37,
  0x4b,
  0x4c,
  0x53,
  0x67,
  0x78,
  0x7f,
  0x80,
  0xff,
];

/** One to three changes; headers are often given a right checksum again, so that the change is looked at. */
function mutate(random: () => number): Uint8Array<ArrayBuffer> {
  const pick = (count: number) => Math.floor(random() * count);
  let bytes = (seeds[pick(seeds.length)] ?? new Uint8Array(1024)).slice();
  for (let n = 1 + pick(3); n > 0; n--) {
    const at = pick(bytes.length);
    const how = pick(10);
    if (how < 7) {
      // Mostly fields of a header: name, mode, size, type, magic, prefix.
      const field = [0, 2, 50, 99, 100, 124, 130, 134, 135, 156, 257, 263, 345, 346][pick(14)] ?? 0;
      const where = how < 5 ? Math.floor(at / 512) * 512 + field : at;
      bytes[where] = how % 2 === 0 ? pick(256) : interesting[pick(interesting.length)] ?? 0;
    } else if (how === 7) bytes = bytes.slice(0, 512 * pick(bytes.length / 512 + 1));
    else if (how === 8) bytes = t.concat(bytes, seeds[pick(seeds.length)] ?? bytes);
    else {
      const block = Math.floor(at / 512) * 512;
      bytes.copyWithin(block, 512 * pick(bytes.length / 512), 512 * pick(bytes.length / 512 + 1));
    }
  }
  if (random() < 0.9) mendSums(bytes);
  return bytes;
}

/** Gives every block that looks like a header its right checksum. */
function mendSums(bytes: Uint8Array): void {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    const block = bytes.subarray(at, at + 512);
    const isHeader = block[0] !== 0 && (block[154] === 0 || block[155] === 0x20);
    if (!isHeader) continue;
    block.fill(0x20, 148, 156);
    const sum = block.reduce((all, byte) => all + byte, 0);
    block.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  }
}

Deno.test("Untar refuses, or lists exactly what modern-tar in strict mode or GNU tar lists, for any mutation", async () => {
  const random = generator(SEED);
  let accepted = 0;
  for (let i = 0; i < COUNT; i++) {
    const bytes = mutate(random);
    const list = ours(bytes);
    if (list === undefined) continue;
    accepted++;
    const theirs = await modern(bytes);
    if (theirs !== undefined) deepStrictEqual(list, theirs, `mutation ${i}`);
    else deepStrictEqual(onDisk(list), sorted(await gnu(bytes)), `mutation ${i}`);
  }
  // A reader that refused everything would agree as well.
  strictEqual(accepted > COUNT / 20, true, `${accepted} accepted`);
});

Deno.test("Untar refuses, or lists exactly what GNU tar unpacks, for any mutation", async () => {
  const random = generator(SEED + 1);
  let accepted = 0;
  for (let i = 0; accepted < GNU_COUNT && i < COUNT; i++) {
    const bytes = mutate(random);
    const list = ours(bytes);
    if (list === undefined) continue;
    accepted++;
    deepStrictEqual(sorted(await gnu(bytes)), onDisk(list), `mutation ${i}`);
  }
  strictEqual(accepted, GNU_COUNT);
});
