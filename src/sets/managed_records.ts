import type { Fs } from "../ports/fs.ts";
import { joinPath } from "../util/join_path.ts";
import { parseStrictJson } from "../util/strict_json.ts";
import { MAX_STATE_BYTES, readState, writeState } from "./state_file.ts";

/** What is remembered of a machine that belongs to a manager: only such a machine is ever removed. */
export interface ManagedRecord {
  /** Whose it is: `manager`, or `managers/<machine name>`. */
  readonly manager: string;
  /** SHA-256 of the archive that was signed for it. */
  readonly checksum: string;
  /** SHA-256 of the sums file that was signed for it. */
  readonly verifyChecksum: string;
  /** What may stand in it unlisted. */
  readonly allowUnlisted: readonly string[];
  /** The match expression under which it came here. */
  readonly match: string;
  /** How often in a row that expression was false since. */
  readonly unmatched: number;
  /** When it was taken, milliseconds since the epoch. */
  readonly since: number;
}

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

  /** Reads the file again. Throws FsError. */
  load(): void {
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
   * what is new. Throws FsError.
   */
  change(edit: (records: Map<string, ManagedRecord>) => void): void {
    this.load();
    if (this.#fault === "newer") {
      throw new RangeError(`Cannot write records "${this.#path}": a newer agent wrote them`);
    }
    const records = new Map(this.#records);
    edit(records);
    const text = serialize(records);
    if (text !== serialize(this.#records)) {
      writeState(this.#fs, this.#path, { bytes: new TextEncoder().encode(text) });
    }
    this.#records = records;
  }
}

function serialize(records: ReadonlyMap<string, ManagedRecord>): string {
  const machines: Record<string, unknown> = Object.create(null);
  for (const [name, record] of [...records].sort(([a], [b]) => a < b ? -1 : 1)) {
    machines[name] = {
      manager: record.manager,
      checksum: record.checksum,
      verify_checksum: record.verifyChecksum,
      allow_unlisted: record.allowUnlisted,
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
      checksum: String(machine["checksum"]),
      verifyChecksum: String(machine["verify_checksum"]),
      allowUnlisted: Array.isArray(machine["allow_unlisted"])
        ? machine["allow_unlisted"].map(String)
        : [],
      match: String(machine["match"] ?? ""),
      unmatched: Number(machine["unmatched"] ?? 0),
      since: Number(machine["since"] ?? 0),
    });
  }
  return records;
}
