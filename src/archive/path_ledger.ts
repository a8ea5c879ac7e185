import { foldPath } from "./entry_path.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";
import type { TarEntry } from "./untar.ts";

/** Options of {@linkcode PathLedger}. */
export interface PathLedgerOptions {
  /** The one directory that everything must be in. */
  readonly top: string;
  /** Files and directories allowed, those that only paths imply included. */
  readonly entries: number;
  /** Bytes that the files may have together. */
  readonly bytes: number;
}

/** How a path stands in the ledger. `implied` directories have no entry of their own (yet). */
type Standing = "file" | "directory" | "implied";

/**
 * Keeps the book of an archive's paths: everything below one top directory, nothing twice, nothing that is a file
 * and a directory, nothing that differs from another path only by case or composition, all within limits.
 */
export class PathLedger {
  readonly #options: PathLedgerOptions;
  readonly #standings = new Map<string, Standing>();
  readonly #folded = new Map<string, string>();
  readonly #tops = new Set<string>();
  #bytes = 0;

  constructor(options: PathLedgerOptions) {
    this.#options = options;
  }

  /**
   * Enters one entry: the directories that must be made for it first, outermost first. Throws `entries`,
   * `too_large`, `top_dir`, `duplicate`, `conflict`.
   */
  add(entry: TarEntry): readonly string[] {
    this.#checkTop(entry);
    this.#bytes += entry.size;
    if (this.#bytes > this.#options.bytes) {
      refuse("too_large", entry, `the files have more than ${this.#options.bytes} bytes`);
    }
    const made = this.#addParents(entry);
    const standing = this.#standings.get(entry.path);
    if (standing === entry.kind) refuse("duplicate", entry, "it is there twice");
    if (standing !== undefined && !(standing === "implied" && entry.kind === "directory")) {
      refuse("conflict", entry, "it is a file and a directory");
    }
    this.#enter(entry, entry.path, entry.kind);
    return made;
  }

  /** Whether a path is there, and as what. */
  get(path: string): Standing | undefined {
    return this.#standings.get(path);
  }

  /** Paths of the directories that have no entry of their own. */
  implied(): readonly string[] {
    return [...this.#standings].filter(([, standing]) => standing === "implied").map(([path]) =>
      path
    );
  }

  /** Paths of the directories that have an entry. */
  directories(): readonly string[] {
    return [...this.#standings].filter(([, standing]) => standing === "directory").map(([path]) =>
      path
    );
  }

  #checkTop(entry: TarEntry): void {
    const { top } = this.#options;
    const slash = entry.path.indexOf("/");
    const first = slash < 0 ? entry.path : entry.path.slice(0, slash);
    this.#tops.add(first);
    if (first !== top) {
      const seen = [...this.#tops].map((name) => JSON.stringify(name)).join(", ");
      refuse("top_dir", entry, `top level has ${seen}, only directory "${top}" is wanted`);
    }
    if (slash < 0 && entry.kind === "file") {
      refuse("top_dir", entry, `top level has a file, only directory "${top}" is wanted`);
    }
  }

  #addParents(entry: TarEntry): readonly string[] {
    const made: string[] = [];
    for (let slash = entry.path.indexOf("/"); slash >= 0;) {
      const parent = entry.path.slice(0, slash);
      const standing = this.#standings.get(parent);
      if (standing === "file") refuse("conflict", entry, `"${parent}" is a file`);
      if (standing === undefined) {
        this.#enter(entry, parent, "implied");
        made.push(parent);
      }
      slash = entry.path.indexOf("/", slash + 1);
    }
    return made;
  }

  #enter(entry: TarEntry, path: string, standing: Standing): void {
    const folded = foldPath(path);
    const twin = this.#folded.get(folded);
    if (twin !== undefined && twin !== path) {
      refuse("conflict", entry, `"${twin}" and "${path}" differ only by case or composition`);
    }
    this.#folded.set(folded, path);
    this.#standings.set(path, standing);
    if (this.#standings.size > this.#options.entries) {
      refuse("entries", entry, `the archive has more than ${this.#options.entries} entries`);
    }
  }
}

function refuse(code: ArchiveErrorCode, entry: TarEntry, why: string): never {
  throw new ArchiveError(
    `Cannot use archive entry ${JSON.stringify(entry.path.slice(0, 200))}: ${why}`,
    { code },
  );
}
