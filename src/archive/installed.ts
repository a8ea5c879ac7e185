import type { Fs } from "../ports/fs.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { readFile } from "../util/read_file.ts";
import { type FileStamp, sameStamp, stampOf } from "./file_stamp.ts";
import type { TreeModes } from "./verify_tree.ts";

/** Bytes of one record: ten thousand paths. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/**
 * What stands in a directory: which archive, and the modes that it gave. Sums files know no modes, so they are
 * remembered from the verified archive; `verifyChecksum` ties the record to the tree that it speaks of.
 */
export interface InstalledRecord {
  /** SHA-256 of the archive. */
  readonly checksum: string;
  /** Name of the sums file. */
  readonly verify: string;
  /** SHA-256 of the sums file. */
  readonly verifyChecksum: string;
  /** Files with 0755. */
  readonly executables: readonly string[];
  /** Directories with 0755, `""` for the tree itself. */
  readonly directories: readonly string[];
  /** Owner of everything. */
  readonly uid: number;
  /** When it was installed, milliseconds since the epoch. */
  readonly installedAt: number;
}

/** The records of `<state>/installed/<name>.json`. */
export class InstalledRecords {
  readonly #fs: Fs;
  readonly #directory: string;
  readonly #expected = new Map<string, InstalledRecord>();
  /** What was read last: records are replaced by rename, so another one has another inode. */
  readonly #known = new Map<
    string,
    { readonly stamp: FileStamp; readonly record: InstalledRecord | undefined }
  >();

  constructor(fs: Fs, stateDirectory: string) {
    this.#fs = fs;
    this.#directory = `${stateDirectory}/installed`;
  }

  /** The record of a directory; undefined when there is none that can be read. */
  read(name: string): InstalledRecord | undefined {
    const expected = this.#expected.get(name);
    if (expected !== undefined) return expected;
    const info = this.#fs.lstat(this.path(name));
    if (info === undefined) return undefined;
    const stamp = stampOf(name, info);
    const known = this.#known.get(name);
    if (known !== undefined && sameStamp(known.stamp, stamp)) return known.record;
    const record = readRecord(this.#fs, this.path(name));
    this.#known.set(name, { stamp, record });
    return record;
  }

  /** Where the record of a directory stands. */
  path(name: string): string {
    return `${this.#directory}/${name}.json`;
  }

  /** Takes a record for written until it is, here and in this process: whoever expects it writes it soon. */
  expect(name: string, record: InstalledRecord): void {
    this.#expected.set(name, record);
  }

  /** Replaces a record. It is durable once {@linkcode InstalledRecords.sync} has returned. */
  write(name: string, record: InstalledRecord): void {
    makeDirectory(this.#fs, this.#directory, 0o700);
    writeRecord(this.#fs, this.path(name), record);
    this.#expected.delete(name);
  }

  /** Makes a record durable, if there is one. */
  sync(name: string): void {
    if (this.#fs.lstat(this.path(name)) === undefined) return;
    {
      using file = this.#fs.open(this.path(name));
      file.sync();
    }
    this.#fs.syncDirectory(this.#directory);
  }

  /** Forgets a record. */
  remove(name: string): void {
    this.#expected.delete(name);
    this.#fs.removeTree(this.path(name));
  }

  /** Removes the records of directories that are gone, and what a crash left half-written. */
  sweep(target: string): void {
    if (this.#fs.lstat(this.#directory)?.kind !== "directory") return;
    for (const { name } of this.#fs.readDir(this.#directory)) {
      const stands = name.endsWith(".json") && !name.startsWith(".") &&
        this.#fs.lstat(`${target}/${name.slice(0, -5)}`) !== undefined;
      if (!stands) this.#fs.removeTree(`${this.#directory}/${name}`);
    }
  }

  /** Digests of all archives that stand somewhere. */
  checksums(): ReadonlySet<string> {
    const found = new Set<string>();
    if (this.#fs.lstat(this.#directory)?.kind !== "directory") return found;
    for (const entry of this.#fs.readDir(this.#directory)) {
      if (!entry.name.endsWith(".json") || entry.name.startsWith(".")) continue;
      const record = this.read(entry.name.slice(0, -5));
      if (record !== undefined) found.add(record.checksum);
    }
    return found;
  }
}

/** The modes of a record, as a check wants them. */
export function recordModes(record: InstalledRecord): TreeModes {
  return {
    executables: new Set(record.executables),
    directories: new Set(record.directories),
    uid: record.uid,
  };
}

/** Writes a record, not durably. */
export function writeRecord(fs: Fs, path: string, record: InstalledRecord): void {
  const bytes = new TextEncoder().encode(JSON.stringify({ version: 1, ...record }));
  replaceFile(fs, path, bytes, { durable: false });
}

/** Reads a record; undefined when it is not there, torn, or of another make. */
export function readRecord(fs: Fs, path: string): InstalledRecord | undefined {
  return asRecord(readJson(fs, path, MAX_RECORD_BYTES));
}

/** Undefined for what is not there, torn, or too large. */
function readJson(fs: Fs, path: string, limit: number): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(readFile(fs, path, { limit })));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    if (error instanceof Error && "code" in error && error.code === "not_found") return undefined;
    throw error;
  }
}

/** What a replacement knows of the tree that comes and of the one that goes. */
export interface RecordPair {
  /** The new tree. */
  readonly record: InstalledRecord;
  /** The old one, when it was known. */
  readonly previous?: InstalledRecord | undefined;
}

/** Writes both records of a replacement into a new file, not durably. */
export function writePair(fs: Fs, path: string, pair: RecordPair): void {
  using file = fs.create(path, 0o600);
  file.write(new TextEncoder().encode(JSON.stringify({
    record: { version: 1, ...pair.record },
    ...(pair.previous !== undefined && { previous: { version: 1, ...pair.previous } }),
  })));
}

/** Reads both records of a replacement, as far as they could be kept. */
export function readPair(fs: Fs, path: string): Partial<RecordPair> {
  const value = readJson(fs, path, 2 * MAX_RECORD_BYTES);
  if (typeof value !== "object" || value === null) return {};
  const pair = value as { readonly [K in keyof RecordPair]?: unknown };
  const record = asRecord(pair.record);
  return { ...(record !== undefined && { record }), previous: asRecord(pair.previous) };
}

function asRecord(value: unknown): InstalledRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const record = value as { readonly [K in keyof InstalledRecord | "version"]?: unknown };
  const { version, checksum, verify, verifyChecksum, executables, directories, uid } = record;
  const good = version === 1 && isText(checksum) && isText(verify) && isText(verifyChecksum) &&
    isTexts(executables) && isTexts(directories) && typeof uid === "number";
  if (!good) return undefined;
  const installedAt = typeof record.installedAt === "number" ? record.installedAt : 0;
  return { checksum, verify, verifyChecksum, executables, directories, uid, installedAt };
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText);
}
