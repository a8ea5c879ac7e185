import { deepStrictEqual, ok } from "node:assert/strict";
import { unpackTar } from "modern-tar";
import { ArchiveError } from "../../src/archive/errors.ts";
import { PathLedger } from "../../src/archive/path_ledger.ts";
import { type TarEntry, Untar } from "../../src/archive/untar.ts";
import * as t from "../support/tar_builder.ts";
import type { FuzzTarget } from "./engine.ts";

type Listing = readonly (readonly [path: string, kind: string, content: string])[];

function list(input: Uint8Array, step: number): Listing | string {
  const ledger = new PathLedger({ top: "m", entries: 100, bytes: 32 * 1024 });
  const decoder = new TextDecoder("latin1");
  const found: [string, string, string][] = [];
  const untar = new Untar({
    entry(entry: TarEntry) {
      ledger.add(entry);
      found.push([entry.path, entry.kind, ""]);
    },
    content(piece) {
      const last = found.at(-1);
      if (last !== undefined) last[2] += decoder.decode(piece);
    },
    endFile() {},
  });
  try {
    for (let at = 0; at < input.length; at += step) untar.push(input.subarray(at, at + step));
    untar.end();
  } catch (error) {
    if (error instanceof ArchiveError) return error.code;
    throw error;
  }
  return found;
}

/** What another reader lists; undefined when it refuses, which says nothing about ours. */
async function peer(input: Uint8Array): Promise<Listing | undefined> {
  const decoder = new TextDecoder("latin1");
  const entries = await unpackTar(input.slice().buffer, { strict: true }).catch(() => undefined);
  return entries?.map(({ header, data }) => [
    header.name.replace(/^(?:\.?\/+)+/, "").replace(/\/+(?:\.?\/+)*/g, "/").replace(/\/$/, ""),
    header.type ?? "file",
    header.type === "directory" ? "" : decoder.decode(data),
  ]);
}

/** Right checksums in every block that could be a header. */
function mend(input: Uint8Array): Uint8Array {
  const copy = input.slice();
  for (let at = 0; at + 512 <= copy.length; at += 512) {
    const header = copy.subarray(at, at + 512);
    if (header[0] === 0 || header[257] !== 0x75) continue;
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  }
  return copy;
}

/** Whatever the bytes: refused by code, or listed as modern-tar lists them, in pieces of any size. */
export const target: FuzzTarget = {
  name: "tar",
  mend,
  corpus: [
    t.tar(t.directory("m/"), t.file("m/machine.yaml", "name: m"), t.file("m/a", "x".repeat(1100))),
    t.tar(t.directory("./"), t.directory("./m/"), t.file("./m/a")),
    t.tar(t.pax({ path: "m/ü" }), t.file("m/x", "abc")),
    t.tar(t.pax({ size: "3", mtime: "1.5" }), t.file("m/x", "abc")),
    t.tar(t.pax({ comment: "c0ffee" }, "g"), t.file("m/x", "abc")),
    t.tar(t.longName(`m/${"n".repeat(200)}`), t.file("m/n", "x")),
    t.tar(t.entry({ name: "m/a", size: t.base256(3n), magic: "ustar  \0" }, "abc")),
    t.tar(t.entry({ name: "b", prefix: "m/a", type: "\0" }, "x"), t.directory("m/d/")),
  ],
  tokens: [
    "../",
    "m/",
    "./",
    "ustar\x0000",
    "ustar  \0",
    "11 size=99\n",
    "12 path=../a\n",
    "13 path=m/ab\n",
    "00000000007",
    "\x80\0\0\0",
    "\xff\xff",
    "\0".repeat(512),
    "\0".repeat(1024),
    "L",
    "x",
    "g",
    "5",
    "2",
  ],
  async run(input) {
    const whole = list(input, Math.max(1, input.length));
    deepStrictEqual(list(input, 1 + (input[0] ?? 0) % 700), whole);
    if (typeof whole === "string") return;
    for (const [path] of whole) {
      ok(!path.startsWith("/") && path.split("/").every((part) => !["", ".", ".."].includes(part)));
    }
    const theirs = (await peer(input))?.filter(([path]) => path !== "");
    if (theirs !== undefined) deepStrictEqual(whole, theirs);
  },
};
