import type { FileInfo, Fs } from "../ports/fs.ts";
import { FsError } from "../ports/fs.ts";
import { joinPath } from "../util/join_path.ts";

/** One kept revision of a key in a directory store. */
export interface DirectoryRecord {
  /** Sequence in the bucket. */
  readonly revision: number;
  /** When it was written, milliseconds since the epoch. */
  readonly time: number;
  /** The value file that was written with it; undefined for a delete marker. */
  readonly file:
    | { readonly ino: number; readonly mtimeMs: number; readonly size: number }
    | undefined;
  /** Name of the record's own file, which holds the bytes. */
  readonly name: string;
}

/** `<revision>_<time>_<ino>_<mtime>_<size>`, or `<revision>_<time>_deleted`. */
const NAME = /^(\d{16})_(\d+)_(?:(\d+)_(\d+)_(\d+)|deleted)$/;

/** What a record's name is made of. */
export interface RecordNameParts {
  /** Sequence in the bucket. */
  readonly revision: number;
  /** When it was written, milliseconds since the epoch. */
  readonly time: number;
  /** The value file; undefined for a delete marker. */
  readonly file: FileInfo | undefined;
}

/** Name of a record's file: everything known of it but its bytes, so that one listing tells all. */
export function recordName({ revision, time, file }: RecordNameParts): string {
  const what = file === undefined
    ? "deleted"
    : `${file.ino}_${Math.trunc(file.mtimeMs)}_${file.size}`;
  return `${String(revision).padStart(16, "0")}_${Math.trunc(time)}_${what}`;
}

/** The records in a history directory, oldest first; none when there is no such directory. */
export function listRecords(fs: Fs, directory: string): readonly DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  for (const name of listNames(fs, directory)) {
    const match = NAME.exec(name);
    if (match === null) continue;
    const [, revision, time, ino, mtimeMs, size] = match;
    const file = ino === undefined
      ? undefined
      : { ino: Number(ino), mtimeMs: Number(mtimeMs), size: Number(size) };
    records.push({ revision: Number(revision), time: Number(time), file, name });
  }
  return records.sort((a, b) => a.revision - b.revision);
}

/** The highest revision of any key of a bucket. */
export function lastSequence(fs: Fs, histories: string): number {
  let last = 0;
  for (const key of listNames(fs, histories)) {
    const newest = listRecords(fs, joinPath(histories, key)).at(-1);
    if (newest !== undefined) last = Math.max(last, newest.revision);
  }
  return last;
}

/** Whether a value file is the one that was written with a record. */
export function isFileOf(record: DirectoryRecord | undefined, file: FileInfo): boolean {
  const known = record?.file;
  return known !== undefined && known.ino === file.ino && known.size === file.size &&
    known.mtimeMs === Math.trunc(file.mtimeMs);
}

function listNames(fs: Fs, directory: string): readonly string[] {
  try {
    return fs.readDir(directory).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof FsError && error.code === "not_found") return [];
    throw error;
  }
}
