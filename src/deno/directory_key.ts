import type { FileInfo, Fs } from "../ports/fs.ts";
import { KvError, type KvResult, type KvRevision } from "../ports/kv.ts";
import { joinPath } from "../util/join_path.ts";
import { keyFile, readAll, readSettings, writeNew } from "./directory_files.ts";
import {
  type DirectoryRecord,
  isFileOf,
  lastSequence,
  listRecords,
  recordName,
} from "./directory_history.ts";

/** Options of {@linkcode DirectoryKey}. */
export interface DirectoryKeyOptions {
  /** Path of the bucket's directory. */
  readonly path: string;
  /** Files. */
  readonly fs: Fs;
  /** Largest value in bytes. */
  readonly maxValue: number;
  /** Stamps revisions, milliseconds since the epoch. */
  readonly now: () => number;
}

/** What stands at a key. */
export interface DirectoryStanding {
  /** Its kept revisions, oldest first. */
  readonly records: readonly DirectoryRecord[];
  /** Its value file. */
  readonly file: FileInfo | undefined;
  /** The value; undefined when there is none, or when the caller knew it. */
  readonly value: Uint8Array | undefined;
  /** Whether the newest record is not of this value file: somebody wrote or removed it by hand. */
  readonly handmade: boolean;
}

/**
 * One key of a directory store, without locks: `<key>` holds the newest value, `.history/<key>/` a file a
 * revision. The value file is the truth and the history its record: a value that was put there by hand
 * (`cp`), or whose record a crash left out, counts as the next revision, and the next writer records it.
 */
export class DirectoryKey {
  readonly #options: DirectoryKeyOptions;
  readonly #fs: Fs;
  readonly #name: string;
  readonly #histories: string;
  readonly #history: string;
  /** The last hand-made value that was seen, and the revision that it was given. */
  #seen: { readonly file: FileInfo; readonly revision: number } | undefined;

  constructor(key: string, options: DirectoryKeyOptions) {
    this.#options = options;
    this.#fs = options.fs;
    this.#name = keyFile(key);
    this.#histories = joinPath(options.path, ".history");
    this.#history = joinPath(this.#histories, this.#name);
  }

  /** Looks at the key; does not read a value whose revision is `known`. */
  look(known?: number): DirectoryStanding {
    const records = listRecords(this.#fs, this.#history);
    const newest = records.at(-1);
    const path = joinPath(this.#options.path, this.#name);
    const file = this.#fs.lstat(path);
    if (file === undefined) {
      return { records, file, value: undefined, handmade: newest?.file !== undefined };
    }
    const recorded = isFileOf(newest, file);
    if (recorded && newest?.revision === known) {
      return { records, file, value: undefined, handmade: false };
    }
    const value = readAll(this.#fs, path, this.#options.maxValue);
    return { records, file, value, handmade: !recorded && !this.#holds(newest, value) };
  }

  /** What a get of the newest value finds. */
  newest(standing: DirectoryStanding, newerThan: number | undefined): KvResult {
    const record = standing.records.at(-1);
    const seen = this.#seen?.revision;
    const revision = standing.handmade ? this.#handmadeRevision(standing) : record?.revision;
    if (revision === undefined) return { kind: "absent", why: "no_key" };
    // A number given to a hand-made value by another run of this program says nothing about this one.
    const trusted = !standing.handmade || seen === revision;
    if (revision === newerThan && trusted) return { kind: "unchanged", revision };
    if (standing.value === undefined) return { kind: "absent", why: "deleted", revision };
    const time = (standing.handmade ? standing.file?.mtimeMs : record?.time) ?? 0;
    return { kind: "value", value: standing.value, revision, time };
  }

  /** Kept revisions, oldest first, with what was made by hand as the last one. */
  history(standing: DirectoryStanding): readonly KvRevision[] {
    const kept = standing.records.map((record) => this.#read(record));
    if (!standing.handmade) return kept;
    const revision = this.#handmadeRevision(standing);
    return [...kept, { revision, time: standing.file?.mtimeMs ?? 0, value: standing.value }];
  }

  /** Writes a value, or a delete marker (undefined). Only under the bucket's lock. */
  write(value: Uint8Array | undefined, previousRevision: number | undefined): number {
    const standing = this.look();
    if (standing.handmade) this.#record(standing.value, standing.file);
    this.#checkPrevious(previousRevision);
    const { path } = this.#options;
    if (value !== undefined) {
      const file = { directory: path, name: this.#name, bytes: value };
      return this.#record(value, writeNew(this.#fs, file));
    }
    if (standing.file !== undefined) this.#fs.remove(joinPath(path, this.#name));
    this.#fs.syncDirectory(path);
    return this.#record(undefined, undefined);
  }

  #checkPrevious(previous: number | undefined): void {
    const newest = listRecords(this.#fs, this.#history).at(-1);
    const current = newest?.file === undefined ? 0 : newest.revision;
    if (previous === undefined || previous === current || previous === newest?.revision) return;
    const why = `revision ${current} is newest, and ${previous} was expected`;
    throw new KvError(`Cannot put key "${this.#name}": ${why}`, { code: "conflict" });
  }

  /** Adds a record and drops the oldest ones. */
  #record(value: Uint8Array | undefined, file: FileInfo | undefined): number {
    for (const directory of [this.#histories, this.#history]) {
      if (this.#fs.lstat(directory) === undefined) this.#fs.mkdir(directory, 0o700);
    }
    const revision = this.#next();
    const name = recordName({ revision, time: this.#options.now(), file });
    writeNew(this.#fs, { directory: this.#history, name, bytes: value ?? new Uint8Array() });
    this.#seen = undefined;
    const { history } = readSettings(this.#fs, this.#options.path);
    for (const old of listRecords(this.#fs, this.#history).slice(0, -history)) {
      this.#fs.remove(joinPath(this.#history, old.name));
    }
    return revision;
  }

  #next(): number {
    return Math.max(lastSequence(this.#fs, this.#histories) + 1, this.#seen?.revision ?? 0);
  }

  /** The revision of what was made by hand: the one that the next writer will record it with. */
  #handmadeRevision({ file }: DirectoryStanding): number {
    const next = lastSequence(this.#fs, this.#histories) + 1;
    if (file === undefined) return next;
    const seen = this.#seen;
    const same = seen !== undefined && seen.file.ino === file.ino &&
      seen.file.mtimeMs === file.mtimeMs && seen.file.size === file.size;
    if (same && seen.revision >= next) return seen.revision;
    const revision = Math.max(next, (seen?.revision ?? 0) + 1);
    this.#seen = { file, revision };
    return revision;
  }

  /** Whether a record has these bytes: a store that was copied has other inodes and the same content. */
  #holds(record: DirectoryRecord | undefined, value: Uint8Array): boolean {
    if (record?.file?.size !== value.length) return false;
    const kept = this.#read(record).value;
    return kept !== undefined && kept.every((byte, index) => byte === value[index]);
  }

  #read({ revision, time, file, name }: DirectoryRecord): KvRevision {
    if (file === undefined) return { revision, time, value: undefined };
    const value = readAll(this.#fs, joinPath(this.#history, name), this.#options.maxValue);
    return { revision, time, value };
  }
}
