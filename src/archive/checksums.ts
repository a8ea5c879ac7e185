import { checkCharacters, normalizePath } from "./entry_path.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";
import { MAX_ENTRIES, MAX_SUMS_BYTES, MAX_SUMS_LINE_BYTES } from "./limits.ts";

/** SHA-256 digests, lower-case hex, by normalised path relative to the directory of the sums file. */
export type Checksums = ReadonlyMap<string, string>;

/** Options of {@linkcode parseChecksums}. */
export interface ParseChecksumsOptions {
  /**
   * Name of the sums file, which must not list itself.
   * @default {"SHA256SUMS"}
   */
  readonly self?: string;
  /** Told of lines that are odd but mean one thing only. */
  readonly onWarning?: (message: string) => void;
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LINE = /^([0-9a-fA-F]+) [ *]?([^ ].*)$/;
const BSD = /^(SHA256|SHA2-256|SHA512|MD5) ?\(/;

/**
 * Reads a sums file as `sha256sum` writes it: `<64 hex>  <name>` or `<64 hex> *<name>` a line, LF or CRLF. Throws
 * {@linkcode ArchiveError}: `sums_too_large`, `sums_format`, `sums_empty`, `sums_itself`, `sums_path`, `sums_duplicate`.
 */
export function parseChecksums(bytes: Uint8Array, options: ParseChecksumsOptions = {}): Checksums {
  const { self = "SHA256SUMS", onWarning = () => {} } = options;
  if (bytes.length > MAX_SUMS_BYTES) {
    refuse("sums_too_large", `it has ${bytes.length} bytes, ${MAX_SUMS_BYTES} are allowed`);
  }
  const sums = new Map<string, string>();
  let number = 0;
  for (const line of decode(bytes).split("\n")) {
    number++;
    const text = line.endsWith("\r") ? line.slice(0, -1) : line;
    if (text === "") continue;
    const [path, digest] = parseLine(text, number);
    if (path === self) {
      refuse("sums_itself", `line ${number} lists the file itself; leave it out when making it`);
    }
    const known = sums.get(path);
    if (known !== undefined && known !== digest) {
      refuse("sums_duplicate", `line ${number} gives "${path}" another digest`);
    }
    if (known !== undefined) onWarning(`Line ${number} of the sums file repeats an earlier one`);
    sums.set(path, digest);
    if (sums.size > MAX_ENTRIES) refuse("sums_too_large", `it has more than ${MAX_ENTRIES} lines`);
  }
  if (sums.size === 0) refuse("sums_empty", "it lists nothing");
  return sums;
}

/** The text of a sums file, sorted by path, as `sha256sum` would write it. */
export function formatChecksums(sums: Checksums): string {
  const paths = [...sums.keys()].sort(compareBytes);
  return paths.map((path) => `${sums.get(path)}  ${path}\n`).join("");
}

/** Order of the UTF-8 bytes of two texts. */
export function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    // Surrogates stand below U+E000..U+FFFF in UTF-16 and above them in UTF-8.
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x10000 : unit;
}

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return refuse("sums_format", "it is not UTF-8");
  }
}

function parseLine(text: string, number: number): readonly [path: string, digest: string] {
  if (text.length > MAX_SUMS_LINE_BYTES) {
    refuse("sums_format", `line ${number} has more than ${MAX_SUMS_LINE_BYTES} characters`);
  }
  const match = LINE.exec(text);
  const digest = match?.[1]?.toLowerCase();
  const name = match?.[2];
  if (digest === undefined || name === undefined) {
    refuse("sums_format", `line ${number} is ${describe(text)}`);
  }
  if (digest.length !== 64) {
    refuse("sums_format", `line ${number} has a digest of ${digest.length} digits, SHA-256 has 64`);
  }
  return [readPath(name, number), digest];
}

function readPath(name: string, number: number): string {
  try {
    checkCharacters(name);
    const path = normalizePath(name);
    if (path !== "" && !name.endsWith("/")) return path;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ArchiveError(`Cannot use line ${number} of sums file: ${reason}`, {
      code: "sums_path",
      cause,
    });
  }
  return refuse("sums_path", `line ${number} names a directory`);
}

function describe(text: string): string {
  if (text.startsWith("\ufeff")) return "marked with a byte order mark; save it without one";
  if (text.startsWith("\\")) return "escaped; names with newlines or backslashes are not supported";
  if (text.startsWith("#")) return "a comment; only sums are allowed";
  if (BSD.test(text)) return 'in BSD form; use the form "<digest>  <name>"';
  return "not <digest>, two blanks, <name>";
}

function refuse(code: ArchiveErrorCode, why: string): never {
  throw new ArchiveError(`Cannot read sums file: ${why}`, { code });
}
