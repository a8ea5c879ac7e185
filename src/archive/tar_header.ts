import { ArchiveError } from "./errors.ts";
import { decodeName } from "./entry_path.ts";

/** Bytes of one tar block. */
export const BLOCK = 512;

/** One header block, read strictly. Types are not judged here. */
export interface TarHeader {
  /** Name with the POSIX prefix in front, as it stands. */
  readonly name: string;
  /** The type flag; `"\0"` for a regular file of the oldest format. */
  readonly type: string;
  /** Bytes of content that follow. */
  readonly size: number;
  /** Permission bits as archived. */
  readonly mode: number;
}

/** Whether a block holds nothing but zeros. */
export function isZero(block: Uint8Array): boolean {
  for (let i = 0; i < block.length; i++) {
    if (block[i] !== 0) return false;
  }
  return true;
}

/**
 * Reads one 512-byte header. Throws {@linkcode ArchiveError}: `header_checksum`, `header` (unknown magic),
 * `number` (anything but plain octal, or positive base-256 below 2^53), `name`.
 */
export function readHeader(block: Uint8Array): TarHeader {
  checkSum(block);
  const magic = readMagic(block);
  const type = String.fromCharCode(block[156] ?? 0);
  const size = readNumber(block.subarray(124, 136), "size");
  const mode = readMode(block.subarray(100, 108));
  const base = untilNul(block.subarray(0, 100));
  const prefix = magic === "ustar" ? untilNul(block.subarray(345, 500)) : base.subarray(0, 0);
  if (prefix.length === 0) return { name: decodeName(base), type, size, mode };
  return { name: `${decodeName(prefix)}/${decodeName(base)}`, type, size, mode };
}

/** Sums with bytes taken as signed are what some old tars wrote; Go and GNU tar take both. */
function checkSum(block: Uint8Array): void {
  const wanted = readOctal(skipBlanks(block.subarray(148, 156)));
  let unsigned = 8 * 0x20;
  let signed = unsigned;
  for (let i = 0; i < BLOCK; i++) {
    if (i >= 148 && i < 156) continue;
    const byte = block[i] ?? 0;
    unsigned += byte;
    signed += byte < 128 ? byte : byte - 256;
  }
  if (wanted !== unsigned && wanted !== signed) {
    throw new ArchiveError("Cannot read tar header: its checksum is wrong", {
      code: "header_checksum",
    });
  }
}

function readMagic(block: Uint8Array): "ustar" | "gnu" | "old" {
  const magic = String.fromCharCode(...block.subarray(257, 265));
  if (magic === "ustar\x0000") return "ustar";
  if (magic === "ustar  \0") return "gnu";
  if (magic === "\0\0\0\0\0\0\0\0") return "old";
  throw new ArchiveError(`Cannot read tar header: its magic is ${JSON.stringify(magic)}`, {
    code: "header",
  });
}

/** A size: octal digits with an end mark, or base-256. */
function readNumber(field: Uint8Array, what: string): number {
  const first = field[0] ?? 0;
  if (first === 0x80) {
    let value = 0;
    for (let i = 1; i < field.length; i++) {
      value = value * 256 + (field[i] ?? 0);
      if (value > Number.MAX_SAFE_INTEGER) badNumber(what, "it is larger than 2^53");
    }
    return value;
  }
  if (first > 0x80) badNumber(what, "it is negative or larger than 2^53");
  const value = readOctal(field);
  if (value === undefined) badNumber(what, "it is not an octal number");
  return value;
}

function readMode(field: Uint8Array): number {
  const value = readOctal(skipBlanks(field));
  if (value === undefined) badNumber("mode", "it is not an octal number");
  return value & 0o7777;
}

/** The oldest tars pad modes and checksums with blanks in front. */
function skipBlanks(field: Uint8Array): Uint8Array {
  let from = 0;
  while (field[from] === 0x20) from++;
  return field.subarray(from);
}

/** Digits, then only NULs and blanks: undefined for anything else, and for no digit at all. */
function readOctal(field: Uint8Array): number | undefined {
  let value = 0;
  let at = 0;
  for (; at < field.length; at++) {
    const digit = (field[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  if (at === 0) return undefined;
  for (; at < field.length; at++) {
    if (field[at] !== 0 && field[at] !== 0x20) return undefined;
  }
  return value;
}

function untilNul(field: Uint8Array): Uint8Array {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

function badNumber(what: string, why: string): never {
  throw new ArchiveError(`Cannot read ${what} of tar header: ${why}`, { code: "number" });
}
