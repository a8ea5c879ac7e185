import { decodeName } from "./entry_path.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";

/** What a PAX header may say about the entry behind it. */
export interface PaxOverrides {
  /** Replaces the path of the header. */
  readonly path?: string;
  /** Must be the size of the header. */
  readonly size?: number;
}

/** Records that change nothing here: times and owners are not kept. */
const IGNORED = new Set([
  "atime",
  "ctime",
  "mtime",
  "uid",
  "gid",
  "uname",
  "gname",
  "comment",
  "charset",
]);

/** Vendor records that change what an entry is; other vendors' records only decorate. */
const CHANGES_CONTENT = /^(GNU\.|SCHILY\.(realsize|filetype|offset|ino|nlink|dev))/;

/**
 * Reads the records of an `x` header: `path` and `size` count, times, owners and vendors' decorations are ignored, and
 * everything else (sparse files, link paths, unknown standard words, empty values) is refused.
 */
export function readPax(data: Uint8Array): PaxOverrides {
  let path: string | undefined;
  let size: number | undefined;
  for (const [key, value] of records(data, "pax")) {
    if (value.length === 0) refuse("pax", `record "${key}" is empty`);
    if (key === "path") {
      if (path !== undefined) refuse("pax", `record "path" is there twice`);
      path = decodeName(value);
    } else if (key === "size") {
      if (size !== undefined) refuse("pax", `record "size" is there twice`);
      size = readSize(value);
    } else if (CHANGES_CONTENT.test(key) || !(IGNORED.has(key) || key.includes("."))) {
      refuse("pax", `record "${key}" is not supported`);
    }
  }
  return { ...(path !== undefined && { path }), ...(size !== undefined && { size }) };
}

/** Checks the records of a `g` header: only comments, as `git archive` writes them. */
export function checkGlobalPax(data: Uint8Array): void {
  for (const [key] of records(data, "pax_global")) {
    if (key !== "comment") refuse("pax_global", `global record "${key}" is not supported`);
  }
}

function* records(data: Uint8Array, code: ArchiveErrorCode): Generator<[string, Uint8Array]> {
  for (let at = 0; at < data.length;) {
    const blank = data.indexOf(0x20, at);
    // Seven digits are more than the headers of one entry may have.
    if (blank < 0 || blank === at || blank - at > 7) refuse(code, "a record has no length");
    const length = decimal(data.subarray(at, blank));
    const end = at + (length ?? 0);
    if (length === undefined || end > data.length || end <= blank + 1 || data[end - 1] !== 0x0a) {
      refuse(code, "a record has a wrong length");
    }
    const equals = data.indexOf(0x3d, blank);
    if (equals < 0 || equals >= end || equals === blank + 1) refuse(code, "a record has no key");
    yield [decodeName(data.subarray(blank + 1, equals)), data.subarray(equals + 1, end - 1)];
    at = end;
  }
}

function readSize(value: Uint8Array): number {
  const size = value.length > 16 ? undefined : decimal(value);
  if (size === undefined || size > Number.MAX_SAFE_INTEGER) {
    refuse("pax", `record "size" is not a size`);
  }
  return size;
}

function decimal(digits: Uint8Array): number | undefined {
  let value = 0;
  for (const byte of digits) {
    if (byte < 0x30 || byte > 0x39) return undefined;
    value = value * 10 + byte - 0x30;
  }
  return digits.length === 0 ? undefined : value;
}

function refuse(code: ArchiveErrorCode, why: string): never {
  throw new ArchiveError(`Cannot read PAX header: ${why}`, { code });
}
