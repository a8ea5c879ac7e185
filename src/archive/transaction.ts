import type { Fs } from "../ports/fs.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { carryOver } from "./carry_over.ts";
import { ArchiveError } from "./errors.ts";
import {
  type InstalledRecord,
  InstalledRecords,
  readPair,
  type RecordPair,
  writePair,
} from "./installed.ts";
import { Journal, type JournalEntry } from "./journal.ts";
import type { Trash } from "./trash.ts";

/** Where transactions happen. */
export interface TransactionPlace {
  /** Files. */
  readonly fs: Fs;
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Absolute path of the agent's state. */
  readonly stateDirectory: string;
  /** Takes the generation before. */
  readonly trash: Trash;
  /** What is installed; default: made from the state directory. */
  readonly records?: InstalledRecords;
}

/** Options of {@linkcode Transaction.finish}. */
export interface FinishOptions {
  /** Makes trees and files durable. */
  readonly sync: (paths: readonly string[]) => Promise<void>;
  /** Whether the tree before goes to the trash; else it is removed. */
  readonly keepOld: boolean;
}

/**
 * One replacement of `<target>/<name>`, in `<target>/tmp/<tx>/`: `new` is staged, `old` is what stood before. Two
 * renames swap them. Until the new tree is known to be durable the old one and the journal entry
 * stay, so that a power cut costs the new tree at most (ADR 0012).
 */
export class Transaction {
  readonly #place: TransactionPlace;
  readonly #entry: JournalEntry;
  readonly #journal: Journal;
  readonly #records: InstalledRecords;

  constructor(place: TransactionPlace, entry: JournalEntry) {
    this.#place = place;
    this.#entry = entry;
    this.#journal = new Journal(place.fs, place.stateDirectory);
    this.#records = place.records ?? new InstalledRecords(place.fs, place.stateDirectory);
  }

  /** What it is about. */
  get entry(): JournalEntry {
    return this.#entry;
  }

  /** Absolute path of its directory. */
  get directory(): string {
    return `${this.#place.target}/tmp/${this.#entry.tx}`;
  }

  /** Absolute path of what is replaced. */
  get live(): string {
    return `${this.#place.target}/${this.#entry.name}`;
  }

  /** Makes the directory and opens the journal entry. */
  begin(): void {
    const { fs, target } = this.#place;
    makeDirectory(fs, `${target}/tmp`, 0o700);
    fs.mkdir(this.directory, 0o700);
    this.#journal.open(this.#entry);
  }

  /** Empties the stage for another try. */
  reset(): void {
    this.#place.fs.removeTree(`${this.directory}/new`);
  }

  /** Gives up before the swap: nothing of it remains. */
  discard(): void {
    this.#place.fs.removeTree(this.directory);
    this.#journal.close(this.#entry.tx);
  }

  /** Whether the swap had begun. */
  get begun(): boolean {
    return this.#place.fs.lstat(`${this.directory}/records.json`) !== undefined;
  }

  /** The record of the new tree, as far as it could be kept. */
  get record(): InstalledRecord | undefined {
    return this.#pair.record;
  }

  /** Puts the staged tree in place. On failure the old one stands again. */
  swap(record: InstalledRecord): void {
    const { fs } = this.#place;
    const { name, allowUnlisted } = this.#entry;
    const staged = fs.lstat(`${this.directory}/new`);
    if (staged?.kind !== "directory") this.#refuse("nothing is staged");
    const standing = fs.lstat(this.live);
    if (standing?.kind === "directory") {
      carryOver(fs, { from: this.live, to: `${this.directory}/new`, allowUnlisted });
    }
    const previous = this.#records.read(name);
    writePair(fs, `${this.directory}/records.json`, { record, previous });
    if (standing !== undefined) fs.rename(this.live, `${this.directory}/old`);
    this.#moveIn(standing !== undefined);
    const now = fs.lstat(this.live);
    if (now?.ino !== staged.ino || now.dev !== staged.dev) {
      this.#refuse("something else stands in its place");
    }
    this.#records.expect(name, record);
  }

  /** Writes the record of the new tree. */
  #remember(): void {
    const { record } = this;
    if (record !== undefined) this.#records.write(this.#entry.name, record);
  }

  /** Forgets what is known of the directory. */
  forget(): void {
    this.#records.remove(this.#entry.name);
  }

  /** Puts the old tree back after a swap; the new one is removed. */
  revert(): void {
    const { fs } = this.#place;
    if (fs.lstat(this.live) !== undefined) fs.rename(this.live, `${this.directory}/bad`);
    if (fs.lstat(`${this.directory}/old`) !== undefined) {
      fs.rename(`${this.directory}/old`, this.live);
    }
    const previous = this.#pair.previous;
    if (previous === undefined) this.#records.remove(this.#entry.name);
    else this.#records.write(this.#entry.name, previous);
    this.discard();
  }

  /** Makes the new tree durable, and only then gives the old one up. */
  async finish(options: FinishOptions): Promise<void> {
    const { fs, target, trash } = this.#place;
    const { name } = this.#entry;
    this.#remember();
    await options.sync([this.live]);
    this.#records.sync(name);
    fs.syncDirectory(target);
    // From here on an `old` that is found without a journal entry is trash.
    this.#journal.close(this.#entry.tx);
    const old = `${this.directory}/old`;
    if (options.keepOld && fs.lstat(old) !== undefined) {
      trash.put(name, old, { record: this.#pair.previous });
    }
    fs.removeTree(this.directory);
    trash.prune(name);
  }

  get #pair(): Partial<RecordPair> {
    return readPair(this.#place.fs, `${this.directory}/records.json`);
  }

  #refuse(why: string): never {
    throw new ArchiveError(`Cannot install "${this.#entry.name}": ${why}`, { code: "staging" });
  }

  #moveIn(replacing: boolean): void {
    const { fs } = this.#place;
    try {
      fs.rename(`${this.directory}/new`, this.live);
    } catch (error) {
      if (replacing) fs.rename(`${this.directory}/old`, this.live);
      throw error;
    }
  }
}
