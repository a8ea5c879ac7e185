import { gzipSync } from "node:zlib";

const encoder = new TextEncoder();

/** What a header says; fields left out are as a well-behaved archiver writes them. */
export interface BlockFields {
  /** Name field, at most 100 bytes. */
  readonly name?: string | Uint8Array;
  /** Octal text, or raw bytes, of the mode field. */
  readonly mode?: number | Uint8Array;
  /** Owner field. */
  readonly uid?: number | Uint8Array;
  /** Size as written in the header; default: that of the content. */
  readonly size?: number | Uint8Array;
  /** Modification time field. */
  readonly mtime?: number | Uint8Array;
  /** Type flag. */
  readonly type?: string;
  /** Link name field. */
  readonly link?: string;
  /** Magic and version, eight bytes. */
  readonly magic?: string;
  /** Prefix field. */
  readonly prefix?: string;
  /** Checksum: how it is computed, or a value. */
  readonly sum?: "unsigned" | "signed" | number;
}

/** One 512-byte header block, byte by byte as told. */
export function block(fields: BlockFields): Uint8Array {
  const bytes = new Uint8Array(512);
  put(bytes, 0, fields.name ?? "");
  put(bytes, 100, number(fields.mode ?? 0o644, 7));
  put(bytes, 108, number(fields.uid ?? 0, 7));
  put(bytes, 116, number(0, 7));
  put(bytes, 124, number(fields.size ?? 0, 11));
  put(bytes, 136, number(fields.mtime ?? 0, 11));
  put(bytes, 156, fields.type ?? "0");
  put(bytes, 157, fields.link ?? "");
  put(bytes, 257, fields.magic ?? "ustar\x0000");
  put(bytes, 345, fields.prefix ?? "");
  put(bytes, 148, "        ");
  const sum = fields.sum ?? "unsigned";
  put(
    bytes,
    148,
    `${(typeof sum === "number" ? sum : sumOf(bytes, sum)).toString(8).padStart(6, "0")}\0 `,
  );
  return bytes;
}

/** Header, content and padding. */
export function entry(fields: BlockFields, content: string | Uint8Array = ""): Uint8Array {
  const data = typeof content === "string" ? encoder.encode(content) : content;
  const padding = new Uint8Array((512 - data.length % 512) % 512);
  return concat(block({ size: data.length, ...fields }), data, padding);
}

/** A file entry. */
export function file(name: string, content: string | Uint8Array = "x", mode = 0o644): Uint8Array {
  return entry({ name, mode }, content);
}

/** A directory entry. */
export function directory(name: string, mode = 0o755): Uint8Array {
  return entry({ name, type: "5", mode });
}

/** A PAX header with the given records; lengths are right. */
export function pax(records: Readonly<Record<string, string>>, type = "x"): Uint8Array {
  const text = Object.entries(records).map(([key, value]) => paxRecord(key, value)).join("");
  return entry({ name: "PaxHeaders/x", type }, text);
}

/** One PAX record with its right length. */
export function paxRecord(key: string, value: string): string {
  const body = encoder.encode(` ${key}=${value}\n`).length;
  let length = body;
  while (length !== body + String(length).length) length = body + String(length).length;
  return `${length} ${key}=${value}\n`;
}

/** GNU's long name: an `L` entry. */
export function longName(name: string, type = "L"): Uint8Array {
  return entry({ name: "././@LongLink", type, magic: "ustar  \0" }, `${name}\0`);
}

/** The end mark: two blocks of zeros. */
export function endMark(blocks = 2): Uint8Array {
  return new Uint8Array(512 * blocks);
}

/** Entries with an end mark behind. */
export function tar(...entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return concat(...entries, endMark());
}

/** A gzip of a tar of entries. */
export function tgz(...entries: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  return gzip(tar(...entries));
}

/** One gzip member. */
export function gzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(bytes));
}

/** Byte arrays one behind the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A base-256 number field of `width` bytes. */
export function base256(value: bigint, width = 12): Uint8Array {
  const bytes = new Uint8Array(width);
  let rest = value < 0n ? (1n << BigInt(width * 8)) + value : value;
  for (let i = width - 1; i >= 0; i--) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[0] = (bytes[0] ?? 0) | 0x80;
  return bytes;
}

function number(value: number | Uint8Array, digits: number): string | Uint8Array {
  return typeof value === "number" ? value.toString(8).padStart(digits, "0") : value;
}

function sumOf(bytes: Uint8Array, kind: "unsigned" | "signed"): number {
  let sum = 0;
  for (const byte of bytes) sum += kind === "signed" && byte > 127 ? byte - 256 : byte;
  return sum;
}

function put(bytes: Uint8Array, at: number, value: string | Uint8Array): void {
  bytes.set(typeof value === "string" ? encoder.encode(value) : value, at);
}
