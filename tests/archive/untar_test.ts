import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { PathLedger } from "../../src/archive/path_ledger.ts";
import { type TarEntry, Untar } from "../../src/archive/untar.ts";
import * as t from "../support/tar_builder.ts";

/** Reads a tar as the installer would, in pieces of `step` bytes. */
function list(bytes: Uint8Array, step = bytes.length || 1): Record<string, string> {
  const ledger = new PathLedger({ top: "m", entries: 100, bytes: 10_000 });
  const found: Record<string, string> = {};
  const decoder = new TextDecoder();
  let current: TarEntry | undefined;
  const untar = new Untar({
    entry(entry) {
      ledger.add(entry);
      current = entry;
      found[entry.path] = entry.kind === "directory" ? "<dir>" : entry.executable ? "*" : "";
    },
    content(piece) {
      if (current !== undefined) found[current.path] += decoder.decode(piece);
    },
    endFile() {},
  });
  for (let at = 0; at < bytes.length; at += step) untar.push(bytes.subarray(at, at + step));
  untar.end();
  return found;
}

const good = [t.directory("m/"), t.file("m/machine.yaml", "name: m")];
const rest = "r".repeat(1100);

const accepted: readonly (readonly [string, Uint8Array, Record<string, string>])[] = [
  ["plain", t.tar(...good), { m: "<dir>", "m/machine.yaml": "name: m" }],
  ["several blocks", t.tar(t.file("m/a", rest)), { "m/a": rest }],
  ["an execute bit", t.tar(t.file("m/a", "x", 0o711)), { "m/a": "*x" }],
  ["#110 an empty file", t.tar(t.file("m/a", "")), { "m/a": "" }],
  ["#121 dots inside a component", t.tar(t.file("m/a..b")), { "m/a..b": "x" }],
  ["#125 the old file type", t.tar(t.entry({ name: "m/a", type: "\0" }, "x")), { "m/a": "x" }],
  ["#125 the old directory", t.tar(t.entry({ name: "m/d/", type: "\0" })), { "m/d": "<dir>" }],
  ["the old format", t.tar(t.entry({ name: "m/a", magic: "\0".repeat(8) }, "x")), { "m/a": "x" }],
  ["the GNU format", t.tar(t.entry({ name: "m/a", magic: "ustar  \0" }, "x")), { "m/a": "x" }],
  ["a prefix", t.tar(t.entry({ name: "b", prefix: "m/a" }, "x")), { "m/a/b": "x" }],
  ["GNU has no prefix", t.tar(t.entry({ name: "m/b", prefix: "zz", magic: "ustar  \0" }, "x")), {
    "m/b": "x",
  }],
  ["#126 a GNU long name", t.tar(t.longName(`m/${"n".repeat(200)}`), t.file("m/n", "x")), {
    [`m/${"n".repeat(200)}`]: "x",
  }],
  ["#127 a PAX path", t.tar(t.pax({ path: "m/ü" }), t.file("m/x")), { "m/ü": "x" }],
  ["#128 a PAX size that agrees", t.tar(t.pax({ size: "3" }), t.file("m/x", "abc")), {
    "m/x": "abc",
  }],
  ["times and owners in PAX", t.tar(t.pax({ mtime: "-1.5", uid: "9" }), t.file("m/x")), {
    "m/x": "x",
  }],
  ["#130 a global comment", t.tar(t.pax({ comment: "c0ffee" }, "g"), ...good), {
    m: "<dir>",
    "m/machine.yaml": "name: m",
  }],
  ["#134 leading ./", t.tar(t.directory("./"), t.directory("./m/"), t.file("./m/a")), {
    m: "<dir>",
    "m/a": "x",
  }],
  ["#135 no directory entries", t.tar(t.file("m/a/b/c")), { "m/a/b/c": "x" }],
  ["#135 a file before its directory", t.tar(t.file("m/a/b"), t.directory("m/a/")), {
    "m/a/b": "x",
    "m/a": "<dir>",
  }],
  ["#137 setuid", t.tar(t.file("m/a", "x", 0o6644)), { "m/a": "x" }],
  ["#138 base-256 owners", t.tar(t.entry({ name: "m/a", uid: t.base256(1n << 31n, 8) }, "x")), {
    "m/a": "x",
  }],
  ["#139 odd times", t.tar(t.entry({ name: "m/a", mtime: t.base256(-5n) }, "x")), { "m/a": "x" }],
  [
    "#140 a signed checksum",
    t.tar(t.entry({ name: new TextEncoder().encode("m/ü"), sum: "signed" }, "x")),
    { "m/ü": "x" },
  ],
  ["a base-256 size", t.tar(t.entry({ name: "m/a", size: t.base256(3n) }, "abc")), {
    "m/a": "abc",
  }],
  ["#144 zeros behind the end", t.concat(t.tar(...good), new Uint8Array(4096)), {
    m: "<dir>",
    "m/machine.yaml": "name: m",
  }],
];

for (const [name, bytes, wanted] of accepted) {
  Deno.test(`Untar reads ${name}`, () => {
    deepStrictEqual(list(bytes), wanted);
    for (const step of [1, 7, 511, 513]) deepStrictEqual(list(bytes, step), wanted, `${step}`);
  });
}

const longest = `m/${`${"c".repeat(250)}/`.repeat(4)}`;
const exactly1024 = longest + "x".repeat(1024 - longest.length);

const refused: readonly (readonly [string, Uint8Array, string])[] = [
  ["#108 nothing", new Uint8Array(0), "empty"],
  ["#117 too many entries", t.tar(...numbered(101)), "entries"],
  ["#117 too many implied directories", t.tar(...numbered(51, (i) => `m/d${i}/f`)), "entries"],
  [
    "#116 too many bytes",
    t.tar(t.file("m/a", "x".repeat(5001)), t.file("m/b", "x".repeat(5000))),
    "too_large",
  ],
  ["#118 too deep", t.tar(t.file(`m/${"a/".repeat(31)}x`)), "depth"],
  ["#119 absolute", t.tar(t.file("/tmp/x")), "path"],
  ["#120 ..", t.tar(t.file("../x")), "path"],
  ["#120 .. further in", t.tar(t.file("m/../../x")), "path"],
  ["#120 .. at the end", t.tar(t.directory("m/..")), "path"],
  ["#120 .. in the prefix", t.tar(t.entry({ name: "x", prefix: "../.." }, "x")), "path"],
  ["#120 .. behind ./", t.tar(t.file("./../x")), "path"],
  ["#122 a backslash", t.tar(t.file("m\\..\\evil")), "path"],
  ["#122 a drive letter", t.tar(t.file("c:/x")), "path"],
  ...["1", "2", "3", "4", "6", "7", "S", "M", "D", "V", "A", "Z", "N", "K", "s"].map((type) =>
    [`#123 #124 type ${type}`, t.tar(t.entry({ name: "m/a", type, link: "m/b" })), "type"] as const
  ),
  ["#125 a file with a slash", t.tar(t.file("m/d/", "")), "type"],
  ["a directory with content", t.tar(t.entry({ name: "m/d/", type: "5" }, "x")), "header"],
  ["#126 a long link", t.tar(t.longName("m/a", "K"), t.file("m/a")), "type"],
  ["#126 a long name with NUL", t.tar(t.longName("m/a\0b"), t.file("m/a")), "long_name"],
  ["#126 an empty long name", t.tar(t.longName(""), t.file("m/a")), "long_name"],
  ["#126 a long name for nothing", t.tar(t.longName("m/a")), "header"],
  ["#126 a long name twice", t.tar(t.longName("m/a"), t.longName("m/a"), t.file("m/a")), "header"],
  ["#126 a long name too long", t.tar(t.longName("m/" + "n".repeat(1100)), t.file("m/a")), "path"],
  ["#127 a PAX path out", t.tar(t.pax({ path: "../x" }), t.file("m/a")), "path"],
  ["#127 a PAX path absolute", t.tar(t.pax({ path: "/x" }), t.file("m/a")), "path"],
  ["#127 NUL in a PAX path", t.tar(t.pax({ path: "m/a\0b" }), t.file("m/a")), "name"],
  ["#127 an empty PAX value", t.tar(t.pax({ path: "" }), t.file("m/a")), "pax"],
  ["#127 a PAX link path", t.tar(t.pax({ linkpath: "x" }), t.file("m/a")), "pax"],
  ["#127 a negative PAX size", t.tar(t.pax({ size: "-1" }), t.file("m/a")), "pax"],
  ["#127 a huge PAX size", t.tar(t.pax({ size: "9".repeat(30) }), t.file("m/a")), "pax"],
  ["#127 a wrong PAX length", t.tar(t.entry({ name: "x", type: "x" }, "99 path=m\n")), "pax"],
  ["#127 a PAX length of 0", t.tar(t.entry({ name: "x", type: "x" }, "0 path=m\n")), "pax"],
  ["#127 a PAX length with sign", t.tar(t.entry({ name: "x", type: "x" }, "-9 path=m\n")), "pax"],
  ["#127 PAX garbage", t.tar(t.entry({ name: "x", type: "x" }, "garbage")), "pax"],
  ["#127 a PAX record without key", t.tar(t.entry({ name: "x", type: "x" }, "6 =ab\n")), "pax"],
  [
    "#127 a PAX path twice",
    t.tar(t.entry({ name: "x", type: "x" }, "10 path=m\n10 path=n\n"), t.file("m/a")),
    "pax",
  ],
  ["#127 10 MiB of PAX", t.block({ name: "x", type: "x", size: 10 << 20 }), "header_run"],
  ["#128 a PAX size too big", t.tar(t.pax({ size: "9" }), t.file("m/a", "abc")), "size_conflict"],
  ["#128 a PAX size too small", t.tar(t.pax({ size: "1" }), t.file("m/a", "abc")), "size_conflict"],
  [
    "#129 PAX in front of a long name",
    t.tar(t.pax({ size: "1" }), t.longName("m/a"), t.file("m/a")),
    "header",
  ],
  ["#130 a global path", t.tar(t.pax({ path: "m/x" }, "g"), ...good), "pax_global"],
  ["#130 a global size", t.tar(t.pax({ size: "1" }, "g"), ...good), "pax_global"],
  ["#131 GNU sparse in PAX", t.tar(t.pax({ "GNU.sparse.major": "1" }), t.file("m/a")), "pax"],
  ["#131 star sparse in PAX", t.tar(t.pax({ "SCHILY.realsize": "1" }), t.file("m/a")), "pax"],
  ["#132 a file twice", t.tar(t.file("m/a"), t.file("m/a")), "duplicate"],
  ["#132 a directory twice", t.tar(t.directory("m/"), t.directory("m/")), "duplicate"],
  ["#132 file, then directory", t.tar(t.file("m/a"), t.directory("m/a/")), "conflict"],
  ["#132 directory, then file", t.tar(t.directory("m/a/"), t.file("m/a")), "conflict"],
  ["#132 a file below a file", t.tar(t.file("m/a"), t.file("m/a/b")), "conflict"],
  ["#132 a file where a parent is", t.tar(t.file("m/a/b"), t.file("m/a")), "conflict"],
  ["#132 case twins", t.tar(t.file("m/a"), t.file("m/A")), "conflict"],
  ["#132 case twins of directories", t.tar(t.file("m/d/a"), t.file("m/D/b")), "conflict"],
  ["#133 another top directory", t.tar(t.file("n/a")), "top_dir"],
  ["#133 two top directories", t.tar(t.file("m/a"), t.file("n/a")), "top_dir"],
  ["#133 a file beside", t.tar(t.file("m/a"), t.file("readme")), "top_dir"],
  ["#133 the top is a file", t.tar(t.file("m")), "top_dir"],
  ["#140 a wrong checksum", t.tar(t.entry({ name: "m/a", sum: 1234 }, "x")), "header_checksum"],
  ["an unknown magic", t.tar(t.entry({ name: "m/a", magic: "ustar\x0001" }, "x")), "header"],
  ["#141 a negative size", t.tar(t.entry({ name: "m/a", size: t.base256(-1n) })), "number"],
  ["#141 a size over 2^53", t.tar(t.entry({ name: "m/a", size: t.base256(1n << 54n) })), "number"],
  ["#141 a size in words", t.tar(t.entry({ name: "m/a", size: text("0000000009x") })), "number"],
  ["#141 a size of blanks", t.tar(t.entry({ name: "m/a", size: text("           ") })), "number"],
  ["#141 a size with digits apart", t.tar(t.entry({ name: "m/a", size: text("01 2") })), "number"],
  ["a mode in words", t.tar(t.entry({ name: "m/a", mode: text("rw-") })), "number"],
  ["#142 cut in a header", t.tar(...good).subarray(0, 700), "truncated"],
  ["#142 cut in content", t.file("m/a", "x".repeat(600)).subarray(0, 1100), "truncated"],
  ["#142 cut in padding", t.file("m/a", "x").subarray(0, 600), "truncated"],
  ["#143 no end mark", t.concat(...good), "truncated"],
  ["#143 half an end mark", t.concat(...good, t.endMark(1)), "truncated"],
  ["#144 data behind the end", t.concat(t.tar(...good), t.file("m/hidden")), "data_after_eof"],
  [
    "#144 data behind one zero block",
    t.concat(...good, t.endMark(1), t.file("m/hidden"), t.endMark()),
    "data_after_eof",
  ],
  ["#146 not UTF-8", t.tar(t.entry({ name: Uint8Array.of(0x6d, 0x2f, 0xff) })), "name"],
  ["#146 a newline", t.tar(t.file("m/a\nb")), "name"],
  ["#146 a control character", t.tar(t.file("m/a\x1bb")), "name"],
  ["#147 NFC and NFD", t.tar(t.file("m/é"), t.file("m/e\u0301")), "conflict"],
  ["#148 no name", t.tar(t.file("")), "path"],
  ["#148 a dot", t.tar(t.directory(".")), "path"],
  ["#148 slashes", t.tar(t.directory("///")), "path"],
  ["an empty component", t.tar(t.file("m//a")), "path"],
  ["a dot component", t.tar(t.file("m/./a")), "path"],
  ["a file named ./", t.tar(t.entry({ name: "./", type: "0" })), "type"],
  [
    "a component of 256 bytes",
    t.tar(t.pax({ path: `m/${"c".repeat(256)}` }), t.file("m/a")),
    "path",
  ],
  ["a path of 1025 bytes", t.tar(t.pax({ path: exactly1024 + "x" }), t.file("m/a")), "path"],
];

for (const [name, bytes, code] of refused) {
  Deno.test(`Untar refuses ${name}`, () => {
    for (const step of [bytes.length || 1, 1, 513]) {
      throws(() => list(bytes, step), (error) => {
        strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
        return true;
      });
    }
  });
}

Deno.test("Untar takes names, paths and depth up to the limits", () => {
  const atLimit = t.tar(t.pax({ path: exactly1024 }), t.file("m/a"));
  deepStrictEqual(Object.keys(list(atLimit)), [exactly1024]);
  const component = `m/${"c".repeat(255)}`;
  deepStrictEqual(Object.keys(list(t.tar(t.pax({ path: component }), t.file("m/a")))), [component]);
  const deep = `m/${"a/".repeat(30)}x`;
  deepStrictEqual(Object.keys(list(t.tar(t.file(deep)))), [deep]);
  strictEqual(Object.keys(list(t.tar(...numbered(99)))).length, 99);
  strictEqual(Object.keys(list(t.tar(t.file("m/a", "x".repeat(10_000))))).length, 1);
});

Deno.test("Untar.push() and end() refuse to go on after a failure", () => {
  const untar = new Untar({ entry() {}, content() {}, endFile() {} });
  throws(() => untar.push(t.block({ sum: 1 })), ArchiveError);
  throws(() => untar.push(new Uint8Array(512)), TypeError);
  throws(() => untar.end(), TypeError);
});

Deno.test("Untar passes on what the sink throws", () => {
  const error = new Error("no space");
  const untar = new Untar({
    entry() {
      throw error;
    },
    content() {},
    endFile() {},
  });
  throws(() => untar.push(t.tar(...good)), error);
});

function numbered(count: number, name = (i: number) => `m/f${i}`): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => t.file(name(i), ""));
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
