import type { Fs } from "../ports/fs.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { readFile } from "../util/read_file.ts";

const MAX_ENTRY_BYTES = 64 * 1024;

/** What one replacement of a directory is about. It is on the disk before anything is done. */
export interface JournalEntry {
  /** Id of the transaction, and name of its directory below `<target>/tmp`. */
  readonly tx: string;
  /** Name of the directory that is replaced. */
  readonly name: string;
  /** SHA-256 of the archive that is to come. */
  readonly checksum: string;
  /** Name of its sums file. */
  readonly verify: string;
  /** SHA-256 of its sums file. */
  readonly verifyChecksum: string;
  /** As in `InstallRequest.allowUnlisted`. */
  readonly allowUnlisted: readonly string[];
  /** Whether something stood there before. */
  readonly replaces: boolean;
}

/** The replacements that are under way: one file each in `<state>/journal`. How far one has come is told by its directories. */
export class Journal {
  readonly #fs: Fs;
  readonly #directory: string;

  constructor(fs: Fs, stateDirectory: string) {
    this.#fs = fs;
    this.#directory = `${stateDirectory}/journal`;
  }

  /** Opens an entry, durably. */
  open(entry: JournalEntry): void {
    makeDirectory(this.#fs, this.#directory, 0o700);
    {
      using file = this.#fs.create(this.#path(entry.tx), 0o600);
      file.write(new TextEncoder().encode(JSON.stringify({ version: 1, ...entry })));
      file.sync();
    }
    this.#fs.syncDirectory(this.#directory);
  }

  /** Closes an entry. */
  close(tx: string): void {
    this.#fs.removeTree(this.#path(tx));
  }

  /** Entries that nobody closed. One that cannot be read stands for an entry that was never opened: it goes. */
  entries(): readonly JournalEntry[] {
    if (this.#fs.lstat(this.#directory)?.kind !== "directory") return [];
    const found: JournalEntry[] = [];
    for (const { name } of this.#fs.readDir(this.#directory)) {
      const entry = this.#read(`${this.#directory}/${name}`);
      if (entry !== undefined && name === `${entry.tx}.json`) found.push(entry);
      else this.#fs.removeTree(`${this.#directory}/${name}`);
    }
    return found;
  }

  #read(path: string): JournalEntry | undefined {
    try {
      const bytes = readFile(this.#fs, path, { limit: MAX_ENTRY_BYTES });
      return asEntry(JSON.parse(new TextDecoder().decode(bytes)));
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
      if (error instanceof Error && "code" in error && error.code === "not_a_file") {
        return undefined;
      }
      throw error;
    }
  }

  #path(tx: string): string {
    return `${this.#directory}/${tx}.json`;
  }
}

function asEntry(value: unknown): JournalEntry | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entry = value as { readonly [K in keyof JournalEntry | "version"]?: unknown };
  const { tx, name, checksum, verify, verifyChecksum, allowUnlisted, replaces } = entry;
  const plain = (text: unknown): text is string =>
    typeof text === "string" && text !== "" && !text.includes("/") && !text.startsWith(".");
  if (entry.version !== 1 || !plain(tx) || !plain(name) || !plain(verify)) return undefined;
  if (typeof checksum !== "string" || typeof verifyChecksum !== "string") return undefined;
  if (!Array.isArray(allowUnlisted) || typeof replaces !== "boolean") return undefined;
  const texts = allowUnlisted.filter((item) => typeof item === "string");
  return { tx, name, checksum, verify, verifyChecksum, allowUnlisted: texts, replaces };
}
