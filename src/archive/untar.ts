import { decodeName, normalizePath } from "./entry_path.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";
import { MAX_HEADER_RUN_BYTES, MAX_PATH_BYTES } from "./limits.ts";
import { checkGlobalPax, type PaxOverrides, readPax } from "./pax.ts";
import { BLOCK, isZero, readHeader, type TarHeader } from "./tar_header.ts";

/** One file or directory of an archive. */
export interface TarEntry {
  /** Normalised path: no leading `./`, no final `/`. */
  readonly path: string;
  /** Nothing else is let through. */
  readonly kind: "file" | "directory";
  /** Bytes; 0 for a directory. */
  readonly size: number;
  /** Whether any execute bit was archived. */
  readonly executable: boolean;
}

/** Who takes what {@linkcode Untar} reads. May throw: the parser is dead then. */
export interface TarSink {
  /** An entry begins. The content of a file follows, then `endFile`. */
  entry(entry: TarEntry): void;
  /** Content of the file that began last; the bytes are only lent. */
  content(bytes: Uint8Array): void;
  /** The file that began last is complete. */
  endFile(): void;
}

/** What the bytes at the parser's place are. */
type Place = "header" | "content" | "extension" | "padding" | "end";

/**
 * A strict tar reader, pushed from outside and synchronous. It understands POSIX (ustar, PAX), GNU (long
 * names) and the oldest format, lets only files and directories through, and refuses
 * everything that two readers could take differently (threats.md 3.4 and 4): it would rather refuse an archive than
 * list it otherwise than others do.
 */
export class Untar {
  readonly #sink: TarSink;
  readonly #header = new Uint8Array(BLOCK);
  #place: Place = "header";
  /** Bytes of the header block that are there. */
  #filled = 0;
  /** Bytes of content or padding still to come. */
  #left = 0;
  /** Padding after what is being read. */
  #padding = 0;
  #zeroBlocks = 0;
  #extension: Extension | undefined;
  #run = 0;
  #overrides: PaxOverrides | undefined;
  #longName: string | undefined;
  #dead = false;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  /** Whether the two blocks of zeros that end an archive have been seen. */
  get ended(): boolean {
    return this.#place === "end";
  }

  /** Reads on. Throws {@linkcode ArchiveError}, or what the sink threw; nothing may be pushed afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#dead) throw new TypeError("Cannot push to tar reader: it has failed already");
    this.#dead = true;
    for (let at = 0; at < bytes.length;) at += this.#take(bytes, at);
    this.#dead = false;
  }

  /** Says that no more bytes come. Throws `empty` or `truncated`. */
  end(): void {
    if (this.#dead) throw new TypeError("Cannot end tar reader: it has failed already");
    if (this.#place === "end") return;
    const nothing = this.#place === "header" && this.#filled === 0 && this.#zeroBlocks === 0 &&
      !this.#seen;
    if (nothing) refuse("empty", "it is empty");
    refuse("truncated", "it stops before its end mark");
  }

  #seen = false;

  /** Takes some bytes from `at`, and says how many. */
  #take(bytes: Uint8Array, at: number): number {
    const available = bytes.length - at;
    if (this.#place === "end") {
      if (!isZero(bytes.subarray(at))) {
        refuse("data_after_eof", "it has data behind its end mark");
      }
      return available;
    }
    if (this.#place === "header") return this.#takeHeader(bytes, at);
    const count = Math.min(available, this.#left);
    if (this.#place === "content") this.#sink.content(bytes.subarray(at, at + count));
    else if (this.#place === "extension") this.#extension?.append(bytes.subarray(at, at + count));
    this.#left -= count;
    if (this.#left === 0) this.#finish();
    return count;
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    if (this.#filled === 0 && bytes.length - at >= BLOCK) {
      this.#readBlock(bytes.subarray(at, at + BLOCK));
      return BLOCK;
    }
    const count = Math.min(bytes.length - at, BLOCK - this.#filled);
    this.#header.set(bytes.subarray(at, at + count), this.#filled);
    this.#filled += count;
    if (this.#filled === BLOCK) {
      this.#filled = 0;
      this.#readBlock(this.#header);
    }
    return count;
  }

  #readBlock(block: Uint8Array): void {
    this.#seen = true;
    if (block[0] === 0 && isZero(block)) {
      if (this.#overrides !== undefined || this.#longName !== undefined) {
        refuse("header", "an extended header is followed by nothing");
      }
      if (++this.#zeroBlocks === 2) this.#place = "end";
      return;
    }
    if (this.#zeroBlocks > 0) refuse("data_after_eof", "it has data behind a block of zeros");
    const header = readHeader(block);
    if (header.type === "x" || header.type === "g" || header.type === "L") {
      this.#beginExtension(header);
    } else {
      this.#beginEntry(header);
    }
  }

  #beginExtension(header: TarHeader): void {
    this.#run += header.size + BLOCK;
    if (this.#run > MAX_HEADER_RUN_BYTES) {
      refuse("header_run", `more than ${MAX_HEADER_RUN_BYTES} bytes of headers before one entry`);
    }
    if (header.type !== "g" && (this.#overrides !== undefined || this.#longName !== undefined)) {
      refuse("header", "two extended headers are in front of one entry");
    }
    if (header.type === "L" && header.size > MAX_PATH_BYTES + 1) {
      refuse("path", `a long name has more than ${MAX_PATH_BYTES} bytes`);
    }
    this.#extension = new Extension(header.type, header.size);
    this.#begin("extension", header.size);
  }

  #beginEntry(header: TarHeader): void {
    const name = this.#longName ?? this.#overrides?.path ?? header.name;
    const size = this.#overrides?.size ?? header.size;
    if (size !== header.size) {
      refuse("size_conflict", `header says ${header.size} bytes and PAX says ${size}`);
    }
    const kind = kindOf(header, name);
    if (kind === "directory" && size !== 0) refuse("header", "a directory has content");
    const path = normalizePath(name);
    this.#overrides = undefined;
    this.#longName = undefined;
    this.#run = 0;
    // The entry "./" says nothing about what is below it.
    if (path === "" && kind === "file") refuse("path", "a file has no name");
    if (path !== "") {
      this.#sink.entry({ path, kind, size, executable: (header.mode & 0o111) !== 0 });
    }
    if (kind === "file") this.#begin("content", size);
  }

  #begin(place: "content" | "extension", size: number): void {
    this.#place = place;
    this.#left = size;
    this.#padding = (BLOCK - size % BLOCK) % BLOCK;
    if (size === 0) this.#finish();
  }

  /** Content, extension or padding is complete. */
  #finish(): void {
    if (this.#place === "content") this.#sink.endFile();
    if (this.#place === "extension") this.#applyExtension();
    const padding = this.#place === "padding" ? 0 : this.#padding;
    this.#place = padding > 0 ? "padding" : "header";
    this.#left = padding;
  }

  #applyExtension(): void {
    const extension = this.#extension;
    this.#extension = undefined;
    if (extension === undefined) return;
    if (extension.type === "x") this.#overrides = readPax(extension.bytes);
    else if (extension.type === "g") checkGlobalPax(extension.bytes);
    else this.#longName = readLongName(extension.bytes);
  }
}

/** Collects the content of an extended header; its size has been checked. */
class Extension {
  readonly type: string;
  readonly bytes: Uint8Array;
  #filled = 0;

  constructor(type: string, size: number) {
    this.type = type;
    this.bytes = new Uint8Array(size);
  }

  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#filled);
    this.#filled += bytes.length;
  }
}

/** GNU's `L`: a name and one NUL. */
function readLongName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  if (end < 1 || end !== bytes.length - 1) {
    refuse("long_name", "a long name is empty or not ended by one NUL");
  }
  return decodeName(bytes.subarray(0, end));
}

/** The oldest format marks directories by a final slash; in the later ones a file with a slash means two things. */
function kindOf(header: TarHeader, name: string): "file" | "directory" {
  const slash = name.endsWith("/");
  if (header.type === "5") return "directory";
  if (header.type === "\0") return slash ? "directory" : "file";
  if (header.type === "0" && !slash) return "file";
  const shown = JSON.stringify(name.slice(0, 200));
  const why = header.type === "0"
    ? "a file ends in a slash"
    : `type ${JSON.stringify(header.type)}`;
  return refuse("type", `entry ${shown} is neither file nor directory (${why})`);
}

function refuse(code: ArchiveErrorCode, why: string): never {
  throw new ArchiveError(`Cannot read tar archive: ${why}`, { code });
}
