import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { ArchiveError } from "../../src/archive/errors.ts";
import { Gunzip } from "../../src/archive/gunzip.ts";
import { concat, gzip } from "../support/tar_builder.ts";
import type { FuzzTarget } from "./engine.ts";

const LIMIT = 64 * 1024;

async function unpack(input: Uint8Array, step: number): Promise<Uint8Array | string> {
  const pieces: Uint8Array[] = [];
  try {
    using gunzip = new Gunzip({ limit: LIMIT, onData: (piece) => pieces.push(piece.slice()) });
    for (let at = 0; at < input.length; at += step) {
      await gunzip.write(input.subarray(at, at + step));
    }
    await gunzip.end();
  } catch (error) {
    if (error instanceof ArchiveError) return error.code;
    throw error;
  }
  return concat(...pieces);
}

const text = new TextEncoder().encode("some text, ".repeat(40));

/** Whatever the bytes: refused by code within the limit, or what zlib itself makes of them, in pieces as well. */
export const target: FuzzTarget = {
  name: "gzip",
  corpus: [
    gzip(text),
    gzip(new Uint8Array(0)),
    gzip(new Uint8Array(LIMIT)),
    concat(gzip(text), gzip(text)),
    concat(gzip(text), new Uint8Array(100)),
  ],
  tokens: ["\x1f\x8b\b", "\0".repeat(8), "\x1f\x8b\b\x1f"],
  async run(input) {
    const whole = await unpack(input, Math.max(1, input.length));
    const pieces = await unpack(input, 1 + (input[0] ?? 0) % 61);
    if (typeof whole === "string") return strictEqual(typeof pieces, "string", "pieces differ");
    ok(whole.length <= LIMIT);
    deepStrictEqual(pieces, whole);
    deepStrictEqual(whole, new Uint8Array(gunzipSync(input)));
  },
};
