import { rejects, strictEqual } from "node:assert/strict";
import { deflateRawSync, deflateSync, gzipSync } from "node:zlib";
import { ArchiveError } from "../../src/archive/errors.ts";
import { Gunzip } from "../../src/archive/gunzip.ts";
import { MAX_RATIO, RATIO_FREE_BYTES } from "../../src/archive/limits.ts";
import { concat, gzip } from "../support/tar_builder.ts";

const text = new TextEncoder().encode("hello ".repeat(100));
const member = gzip(text);

interface RunOptions {
  readonly step?: number;
  readonly limit?: number;
  readonly onData?: (bytes: Uint8Array) => void;
}

async function run(bytes: Uint8Array, options: RunOptions = {}): Promise<number> {
  const { step = bytes.length || 1, limit = 1 << 28 } = options;
  let length = 0;
  using gunzip = new Gunzip({
    limit,
    onData(piece) {
      length += piece.length;
      options.onData?.(piece);
    },
  });
  for (let at = 0; at < bytes.length; at += step) await gunzip.write(bytes.subarray(at, at + step));
  await gunzip.end();
  return length;
}

/** A member with every optional field of the header (RFC 1952). */
function fancy(nameLength: number): Uint8Array {
  const head = Uint8Array.of(0x1f, 0x8b, 8, 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 2, 0, 1, 2);
  const name = new Uint8Array(nameLength + 1).fill(0x61, 0, nameLength);
  const comment = Uint8Array.of(0x62, 0);
  return concat(head, name, comment, deflateRawSync(text), member.subarray(-8));
}

const accepted: readonly (readonly [string, Uint8Array, number])[] = [
  ["one member", member, 600],
  ["#108 a member of nothing", gzip(new Uint8Array(0)), 0],
  ["#109 all header fields", fancy(10), 600],
  ["#109 a huge name", fancy(300_000), 600],
  ["#110 two members", concat(member, member), 1200],
  ["#111 zeros behind", concat(member, new Uint8Array(1000)), 600],
  ["#111 one zero behind", concat(member, new Uint8Array(1)), 600],
];

for (const [name, bytes, length] of accepted) {
  Deno.test(`Gunzip reads ${name}`, async () => {
    strictEqual(await run(bytes), length);
    if (bytes.length < 5000) strictEqual(await run(bytes, { step: 1 }), length);
    strictEqual(await run(bytes, { step: member.length }), length);
  });
}

const badCrc = member.slice();
badCrc[badCrc.length - 6] = (badCrc[badCrc.length - 6] ?? 0) ^ 1;
const badSize = member.slice();
badSize[badSize.length - 1] = (badSize[badSize.length - 1] ?? 0) ^ 1;

const refused: readonly (readonly [string, Uint8Array, string])[] = [
  ["#107 zlib", new Uint8Array(deflateSync(text)), "not_gzip"],
  ["#107 zip", Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), "not_gzip"],
  ["#107 xz", Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0), "not_gzip"],
  ["#107 plain text", text, "not_gzip"],
  ["#107 one byte", Uint8Array.of(0x1f), "not_gzip"],
  ["#107 another method", Uint8Array.of(0x1f, 0x8b, 7, 0, 0, 0), "not_gzip"],
  ["#108 nothing", new Uint8Array(0), "empty"],
  ["#112 garbage behind", concat(member, Uint8Array.of(1, 2, 3)), "trailing"],
  ["#112 garbage behind zeros", concat(member, new Uint8Array(10), Uint8Array.of(7)), "trailing"],
  ["#112 a member behind zeros", concat(member, new Uint8Array(10), member), "trailing"],
  ["#113 a cut member", member.subarray(0, -3), "truncated"],
  ["#113 a cut header", member.subarray(0, 8), "truncated"],
  ["#113 a cut second member", concat(member, member.subarray(0, 15)), "truncated"],
  ["#113 a wrong CRC", badCrc, "gzip"],
  ["#113 a wrong length", badSize, "gzip"],
  ["a bad block", concat(member.subarray(0, 10), new Uint8Array(40).fill(0xff)), "gzip"],
];

for (const [name, bytes, code] of refused) {
  Deno.test(`Gunzip refuses ${name}`, async () => {
    for (const step of [bytes.length || 1, 1, member.length, member.length + 1]) {
      await rejects(run(bytes, { step }), hasCode(code));
    }
  });
}

Deno.test("Gunzip counts bytes up to its limit", async () => {
  strictEqual(await run(member, { limit: 600 }), 600);
  strictEqual(await run(member, { limit: 601 }), 600);
  await rejects(run(member, { limit: 599 }), hasCode("too_large"));
});

Deno.test("Gunzip looks at the ratio only behind the free bytes", async () => {
  strictEqual(await run(gzip(new Uint8Array(RATIO_FREE_BYTES))), RATIO_FREE_BYTES);
  await rejects(run(gzip(new Uint8Array(RATIO_FREE_BYTES + 1))), hasCode("ratio"));
  const honest = new Uint8Array(RATIO_FREE_BYTES + 1);
  // Enough noise for a ratio below the limit.
  const noise = new Uint8Array(Math.ceil(honest.length / MAX_RATIO) + 1000);
  for (let at = 0; at < noise.length; at += 65_536) {
    crypto.getRandomValues(noise.subarray(at, at + 65_536));
  }
  honest.set(noise);
  strictEqual(await run(gzip(honest)), honest.length);
});

Deno.test("Gunzip stops a bomb at once, also one that comes in one piece (#114)", async () => {
  const bomb = new Uint8Array(gzipSync(new Uint8Array(100 << 20), { level: 9 }));
  let seen = 0;
  const bytes = () => seen;
  await rejects(
    run(bomb, { onData: (piece) => seen += piece.length }),
    hasCode("ratio"),
  );
  strictEqual(bytes() <= 16 << 20, true, `${bytes()} bytes came out`);
  seen = 0;
  await rejects(
    run(bomb, { limit: 1 << 20, onData: (piece) => seen += piece.length }),
    hasCode("too_large"),
  );
  strictEqual(bytes() <= 2 << 20, true, `${bytes()} bytes came out`);
});

Deno.test("Gunzip rejects with what its reader threw, and stays failed", async () => {
  const error = new Error("no space");
  using gunzip = new Gunzip({
    limit: 1000,
    onData() {
      throw error;
    },
  });
  await rejects(gunzip.write(member), error);
  await rejects(gunzip.write(member), error);
  await rejects(gunzip.end(), error);
});

function hasCode(code: string): (error: unknown) => boolean {
  return (error) => {
    strictEqual(error instanceof ArchiveError && error.code, code, `${error}`);
    return true;
  };
}
