import { type Fs, FsError } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { parentPath } from "../util/join_path.ts";
import { jsonEqual } from "../util/json_equal.ts";
import { readFile } from "../util/read_file.ts";
import type { Data } from "./watcher.ts";

/** Name of the file in a machine's directory that holds its data. */
export const DATA_FILE = "machine_data.json";

/** Bytes that a machine's data may have as JSON. */
export const MAX_DATA_BYTES = 8 * 1024 * 1024;

/** Options of {@linkcode MachineData}. */
export interface MachineDataOptions {
  /** Path of the file. */
  readonly path: string;
  /** Path under which a file that cannot be used is kept. */
  readonly aside: string;
  /** Files. */
  readonly fs: Fs;
  /** Where trouble with the file is told. */
  readonly log: Log;
}

/** A machine's durable data: one JSON object in one file, replaced whole on every change. */
export class MachineData {
  readonly #path: string;
  readonly #aside: string;
  readonly #fs: Fs;
  readonly #log: Log;
  #data: Data = {};

  /** Reads nothing yet: {@linkcode MachineData.load} does. */
  constructor(options: MachineDataOptions) {
    this.#path = options.path;
    this.#aside = options.aside;
    this.#fs = options.fs;
    this.#log = options.log;
  }

  /** All data as of now; never changed in place. */
  get all(): Data {
    return this.#data;
  }

  /**
   * Reads the file. A missing one, or `null` in it, is no data; what cannot be used is set aside
   * with a warning, so that nothing is lost and the machine runs. Throws FsError when the file cannot be
   * read for another reason.
   */
  load(): void {
    const info = this.#fs.lstat(this.#path);
    if (info === undefined) return;
    try {
      if (info.kind !== "file") throw new TypeError(`it is a ${info.kind}`);
      this.#data = parseData(readFile(this.#fs, this.#path, { limit: MAX_DATA_BYTES }));
    } catch (error) {
      if (error instanceof FsError) throw error;
      this.#setAside(error instanceof Error ? error.message : String(error));
    }
  }

  /**
   * Stores keys, and drops those whose value is undefined. Gives the keys that changed; when none did,
   * nothing is written. Throws FsError or RangeError, and then the data is as before.
   */
  put(changes: Data): readonly string[] {
    const changed = Object.keys(changes).filter((key) => {
      if (changes[key] === undefined) return Object.hasOwn(this.#data, key);
      return !Object.hasOwn(this.#data, key) || !jsonEqual(this.#data[key], changes[key]);
    });
    if (changed.length === 0) return [];
    const next = new Map(Object.entries(this.#data));
    for (const key of changed) {
      if (changes[key] === undefined) next.delete(key);
      else next.set(key, structuredClone(changes[key]));
    }
    const data = Object.fromEntries(next);
    const bytes = new TextEncoder().encode(JSON.stringify(data));
    if (bytes.length > MAX_DATA_BYTES) {
      const message = `Cannot store data "${this.#path}": it would have ${bytes.length} bytes`;
      throw new RangeError(`${message}, ${MAX_DATA_BYTES} are allowed`);
    }
    replaceFile(this.#fs, this.#path, bytes, { mode: 0o600 });
    this.#data = data;
    return changed;
  }

  #setAside(reason: string): void {
    const fields = { path: this.#path, kept: this.#aside, reason };
    try {
      this.#move();
      this.#log.warn("The machine's data cannot be used and is set aside", fields);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#log.error("The machine's data cannot be used or set aside", { ...fields, why });
    }
  }

  /** The machine's own directory may be one that is compared with signed sums: nothing is left there. */
  #move(): void {
    const parent = parentPath(this.#aside);
    if (this.#fs.lstat(parent) === undefined) this.#fs.mkdir(parent, 0o700);
    this.#fs.removeTree(this.#aside);
    try {
      this.#fs.rename(this.#path, this.#aside);
    } catch (error) {
      if (!(error instanceof FsError && error.code === "cross_device")) throw error;
      const bytes = readFile(this.#fs, this.#path, { limit: MAX_DATA_BYTES });
      replaceFile(this.#fs, this.#aside, bytes);
      this.#fs.remove(this.#path);
    }
  }
}

function parseData(bytes: Uint8Array): Data {
  const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  if (value === null) return {};
  if (typeof value !== "object" || Array.isArray(value)) throw new TypeError("it is not an object");
  // Entries of a parsed object are what JSON can carry, keyed by strings.
  return Object.fromEntries(Object.entries(value));
}
