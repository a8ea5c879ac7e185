import type { Fs } from "../ports/fs.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { readFile } from "../util/read_file.ts";
import type { Validators } from "./http_answer.ts";

/** Bytes of all kept archives together. */
export const MAX_CACHE_BYTES = 512 * 1024 * 1024;
/** Number of kept archives. */
export const MAX_CACHE_FILES = 64;
/** Bytes below which what an interrupted download left is not worth keeping. */
export const MIN_RESUME_BYTES = 64 * 1024;
/** Milliseconds after which what an interrupted download left is given up. */
export const MAX_PART_AGE_MS = 24 * 3_600_000;
const MAX_NOTE_BYTES = 16 * 1024;

/** Options of {@linkcode ArchiveCache}. */
export interface ArchiveCacheOptions {
  /** Absolute path; made when needed. */
  readonly directory: string;
  /**
   * Bytes of all archives together.
   * @default {MAX_CACHE_BYTES}
   */
  readonly maxBytes?: number;
  /**
   * Number of archives.
   * @default {MAX_CACHE_FILES}
   */
  readonly maxFiles?: number;
}

/** Where an interrupted download can go on. */
export interface Resumable extends Validators {
  /** Bytes that are there. */
  readonly offset: number;
}

/** Options of {@linkcode ArchiveCache.sweep}. */
export interface SweepOptions {
  /** Digests that go last: what is installed must be repairable without a network. */
  readonly wanted: ReadonlySet<string>;
  /** Wall-clock time. */
  readonly now: number;
}

/**
 * Archives by digest, so that a repair needs no network. Nothing in here is trusted: whoever reads a file hashes it again.
 */
export class ArchiveCache {
  readonly #fs: Fs;
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #maxFiles: number;
  /** Digests whose part has a note: most downloads need none. */
  readonly #noted = new Set<string>();

  constructor(fs: Fs, options: ArchiveCacheOptions) {
    this.#fs = fs;
    this.#directory = options.directory;
    this.#maxBytes = options.maxBytes ?? MAX_CACHE_BYTES;
    this.#maxFiles = options.maxFiles ?? MAX_CACHE_FILES;
  }

  /** Path of an archive that is there; undefined when it is not. */
  find(digest: string): string | undefined {
    const path = this.#path(digest);
    return this.#fs.lstat(path)?.kind === "file" ? path : undefined;
  }

  /** Bytes of an archive that is there; 0 when it is not. */
  size(digest: string): number {
    return this.#fs.lstat(this.#path(digest))?.size ?? 0;
  }

  /** Path where the bytes of a download are to be kept; undefined when the archive is too large to be kept. */
  part(digest: string, bytes: number | undefined): string | undefined {
    if (bytes !== undefined && bytes > this.#maxBytes) return undefined;
    makeDirectory(this.#fs, this.#directory, 0o700);
    return this.#path(digest, ".part");
  }

  /** Where a download from `source` (a digest of it) can go on. */
  resumable(digest: string, source: string): Resumable | undefined {
    const info = this.#fs.lstat(this.#path(digest, ".part"));
    if (info?.kind !== "file" || info.size < MIN_RESUME_BYTES) return undefined;
    const note = this.#readNote(digest);
    if (note !== undefined) this.#noted.add(digest);
    if (note?.source !== source) return undefined;
    return { offset: info.size, ...note.validators };
  }

  /** Remembers which bytes the part has. */
  notePart(digest: string, note: PartNote): void {
    this.#noted.add(digest);
    const bytes = new TextEncoder().encode(JSON.stringify(note));
    replaceFile(this.#fs, this.#path(digest, ".part.json"), bytes, { durable: false });
  }

  /** Keeps an archive that is here as a whole. */
  put(digest: string, bytes: Uint8Array): void {
    makeDirectory(this.#fs, this.#directory, 0o700);
    replaceFile(this.#fs, this.#path(digest), bytes, { durable: false });
  }

  /** Forgets the part. A note without one says nothing, and is swept in time. */
  dropPart(digest: string): void {
    const part = this.#path(digest, ".part");
    if (this.#fs.lstat(part) === undefined) return;
    this.#fs.removeTree(part);
    this.#dropNote(digest);
  }

  /** The part is complete and verified: it becomes the archive. */
  keepPart(digest: string): void {
    this.#fs.rename(this.#path(digest, ".part"), this.#path(digest));
    if (this.#noted.has(digest)) this.#dropNote(digest);
  }

  /** Forgets an archive. */
  drop(digest: string): void {
    this.#fs.removeTree(this.#path(digest));
  }

  /** Brings the cache within its bounds: what nobody wants goes first, the oldest first. */
  sweep(options: SweepOptions): void {
    const { wanted, now } = options;
    if (this.#fs.lstat(this.#directory)?.kind !== "directory") return;
    const archives: { path: string; size: number; mtimeMs: number; wanted: boolean }[] = [];
    for (const { name } of this.#fs.readDir(this.#directory)) {
      const path = `${this.#directory}/${name}`;
      const info = this.#fs.lstat(path);
      if (info === undefined) continue;
      if (/^[0-9a-f]{64}$/.test(name) && info.kind === "file") {
        archives.push({ path, size: info.size, mtimeMs: info.mtimeMs, wanted: wanted.has(name) });
      } else if (!isPart(name) || now - info.mtimeMs > MAX_PART_AGE_MS) {
        this.#fs.removeTree(path);
      }
    }
    archives.sort((a, b) => Number(b.wanted) - Number(a.wanted) || b.mtimeMs - a.mtimeMs);
    let bytes = 0;
    archives.forEach(({ path, size }, index) => {
      bytes += size;
      if (index >= this.#maxFiles || bytes > this.#maxBytes) this.#fs.removeTree(path);
    });
  }

  #dropNote(digest: string): void {
    this.#noted.delete(digest);
    this.#fs.removeTree(this.#path(digest, ".part.json"));
  }

  #readNote(digest: string): PartNote | undefined {
    try {
      const bytes = readFile(this.#fs, this.#path(digest, ".part.json"), { limit: MAX_NOTE_BYTES });
      return asNote(JSON.parse(new TextDecoder().decode(bytes)));
    } catch {
      return undefined;
    }
  }

  #path(digest: string, suffix = ""): string {
    return `${this.#directory}/${digest}${suffix}`;
  }
}

/** Which bytes a part has. */
export interface PartNote {
  /** SHA-256 of the URL that they come from: the URL itself may hold a token. */
  readonly source: string;
  /** What identified them there. */
  readonly validators: Validators;
}

function isPart(name: string): boolean {
  return /^[0-9a-f]{64}\.part(\.json)?$/.test(name);
}

function asNote(value: unknown): PartNote | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { source, validators } = value as { source?: unknown; validators?: unknown };
  if (typeof source !== "string" || typeof validators !== "object" || validators === null) {
    return undefined;
  }
  const { etag, lastModified } = validators as { etag?: unknown; lastModified?: unknown };
  if (typeof etag === "string") return { source, validators: { etag } };
  return typeof lastModified === "string" ? { source, validators: { lastModified } } : undefined;
}
