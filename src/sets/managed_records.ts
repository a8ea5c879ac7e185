import type { Fs } from "../ports/fs.ts";
import { joinPath } from "../util/join_path.ts";
import { parseStrictJson } from "../util/strict_json.ts";
import { MAX_STATE_BYTES, readState, writeState } from "./state_file.ts";

/** What is remembered of a machine that belongs to a manager: only such a machine is ever removed. */
export interface ManagedRecord extends SignedTree {
  /** Whose it is: `manager`, or `managers/<machine name>`. */
  readonly manager: string;
  /**
   * What was signed for it before, newest first: until the archive above is installed, one of these stands
   * there, and goes on running.
   */
  readonly previous: readonly SignedTree[];
  /** The match expression under which it came here. */
  readonly match: string;
  /** How often in a row that expression was false since. */
  readonly unmatched: number;
  /** When it was taken, milliseconds since the epoch. */
  readonly since: number;
}

/** What a tree is held against. */
export interface SignedTree {
  /** SHA-256 of the archive. */
  readonly checksum: string;
  /** SHA-256 of the sums file. */
  readonly verifyChecksum: string;
  /** What may stand in it unlisted. */
  readonly allowUnlisted: readonly string[];
}

/** How many trees of the past a record keeps. */
export const MAX_PREVIOUS = 4;

/** Why records cannot be read. */
export type RecordsFault = "damaged" | "newer";

/** Name of the file below the state directory. */
export const RECORDS_FILE = "managed.json";

/** The format that this agent writes, and the newest that it reads. */
const FORMAT = 1;

/** The managed machines of one machines directory, those of all its managers together. */
export class ManagedRecords {
  readonly #fs: Fs;
  readonly #path: string;
  #records: ReadonlyMap<string, ManagedRecord> = new Map();
  #fault: RecordsFault | undefined;
  /** Which state of the file was read last. */
  #read: string | undefined;

  /** Reads nothing before {@linkcode ManagedRecords.load}. */
  constructor(fs: Fs, stateDirectory: string) {
    this.#fs = fs;
    this.#path = joinPath(stateDirectory, RECORDS_FILE);
  }

  /** The records as they stand on disk. Throws FsError. */
  static load(fs: Fs, stateDirectory: string): ManagedRecords {
    const records = new ManagedRecords(fs, stateDirectory);
    records.load();
    return records;
  }

  /** By name of the machine. */
  get all(): ReadonlyMap<string, ManagedRecord> {
    return this.#records;
  }

  /** Set when the file could not be read: `newer` ones must not be written. */
  get fault(): RecordsFault | undefined {
    return this.#fault;
  }

  /** Reads the file again, unless it is still the one that was read. Throws FsError. */
  load(): void {
    // It is only ever replaced, so another state of it is another inode.
    const info = this.#fs.lstat(this.#path);
    const state = info &&
      [info.kind, info.dev, info.ino, info.size, info.mtimeMs, info.ctimeMs].join();
    if (state !== undefined && state === this.#read) return;
    this.#read = undefined;
    this.#parse();
    this.#read = state;
  }

  #parse(): void {
    const bytes = readState(this.#fs, this.#path);
    this.#fault = undefined;
    this.#records = new Map();
    if (bytes === undefined) return;
    try {
      this.#records = parse(bytes);
    } catch (error) {
      this.#fault = error instanceof RangeError ? "newer" : "damaged";
    }
  }

  /**
   * Reads, changes and writes the records in one turn, so that several managers may share them. Writes only
   * what is new, or what was damaged. Throws FsError, and RangeError for those of a newer agent.
   */
  change(edit: (records: Map<string, ManagedRecord>) => void): void {
    this.load();
    if (this.#fault === "newer") {
      throw new RangeError(`Cannot write records "${this.#path}": a newer agent wrote them`);
    }
    const records = new Map(this.#records);
    edit(records);
    const text = serialize(records);
    if (text !== serialize(this.#records) || this.#fault === "damaged") {
      writeState(this.#fs, this.#path, { bytes: new TextEncoder().encode(text) });
    }
    this.#records = records;
    this.#fault = undefined;
    this.#read = undefined;
  }
}

function serialize(records: ReadonlyMap<string, ManagedRecord>): string {
  const machines: Record<string, unknown> = Object.create(null);
  for (const [name, record] of [...records].sort(([a], [b]) => a < b ? -1 : 1)) {
    machines[name] = {
      manager: record.manager,
      ...treeFields(record),
      ...(record.previous.length === 0 ? {} : { previous: record.previous.map(treeFields) }),
      match: record.match,
      unmatched: record.unmatched,
      since: record.since,
    };
  }
  return `${JSON.stringify({ format: FORMAT, machines }, null, 1)}\n`;
}

function parse(bytes: Uint8Array): Map<string, ManagedRecord> {
  const { format, machines } = parseStrictJson(bytes, { maxBytes: MAX_STATE_BYTES }) as {
    readonly format: unknown;
    readonly machines: Record<string, Record<string, unknown>>;
  };
  if (typeof format === "number" && format > FORMAT) {
    throw new RangeError("Cannot read records: a newer agent wrote them");
  }
  const records = new Map<string, ManagedRecord>();
  for (const [name, machine] of Object.entries(machines)) {
    records.set(name, {
      manager: String(machine["manager"]),
      ...readTree(machine),
      previous: Array.isArray(machine["previous"]) ? machine["previous"].map(readTree) : [],
      match: String(machine["match"] ?? ""),
      unmatched: Number(machine["unmatched"] ?? 0),
      since: Number(machine["since"] ?? 0),
    });
  }
  return records;
}

function treeFields({ checksum, verifyChecksum, allowUnlisted }: SignedTree) {
  return { checksum, verify_checksum: verifyChecksum, allow_unlisted: allowUnlisted };
}

function readTree(fields: Record<string, unknown>): SignedTree {
  const allowed = fields["allow_unlisted"];
  return {
    checksum: String(fields["checksum"]),
    verifyChecksum: String(fields["verify_checksum"]),
    allowUnlisted: Array.isArray(allowed) ? allowed.map(String) : [],
  };
}
