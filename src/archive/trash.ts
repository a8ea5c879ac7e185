import type { Fs } from "../ports/fs.ts";
import { makeDirectory } from "../util/make_directory.ts";
import { type InstalledRecord, readRecord, writeRecord } from "./installed.ts";

/** Generations of one directory that are kept. */
export const TRASH_GENERATIONS = 3;
/** Milliseconds that a generation is kept. */
export const TRASH_AGE_MS = 24 * 3_600_000;

/** Options of {@linkcode Trash}. */
export interface TrashOptions {
  /** Absolute path of the machines directory: trash must be on its file system. */
  readonly target: string;
  /** Wall-clock time. */
  readonly now: () => number;
  /**
   * Generations of one directory that are kept.
   * @default {TRASH_GENERATIONS}
   */
  readonly generations?: number;
  /**
   * Milliseconds that a generation is kept.
   * @default {TRASH_AGE_MS}
   */
  readonly ageMs?: number;
}

/** Options of {@linkcode Trash.put}. */
export interface PutOptions {
  /** What is known of the tree. */
  readonly record?: InstalledRecord | undefined;
}

/** One directory that was replaced or removed. */
export interface Generation {
  /** Name that it had. */
  readonly name: string;
  /** When it was put away, milliseconds since the epoch. */
  readonly at: number;
  /** Absolute path of the tree. */
  readonly tree: string;
  /** What stood there, when that was known. */
  readonly record?: InstalledRecord;
}

/**
 * What was replaced or removed, for as long as somebody may want it back:
 * `<target>/.machinist/trash/<name>/<time>/{tree,record.json}`. Things come and go by rename; links are not followed.
 */
export class Trash {
  readonly #fs: Fs;
  readonly #options: TrashOptions;
  readonly #root: string;

  constructor(fs: Fs, options: TrashOptions) {
    this.#fs = fs;
    this.#options = options;
    this.#root = `${options.target}/.machinist/trash`;
  }

  /** Moves whatever stands at `path` here, as a generation of `name`. */
  put(name: string, path: string, options: PutOptions = {}): void {
    const { record } = options;
    const directory = `${this.#root}/${name}`;
    makeDirectory(this.#fs, directory, 0o700);
    // Newer than all others, also when the clock went back.
    const newest = this.#stamps(name).at(-1) ?? -1;
    const at = Math.max(newest + 1, Math.floor(this.#options.now()));
    const generation = `${directory}/${stamp(at)}`;
    this.#fs.mkdir(generation, 0o700);
    if (record !== undefined) writeRecord(this.#fs, `${generation}/record.json`, record);
    this.#fs.rename(path, `${generation}/tree`);
  }

  /** The generations of a name, newest first. */
  list(name: string): readonly Generation[] {
    const found: Generation[] = [];
    for (const at of this.#stamps(name).toReversed()) {
      const generation = `${this.#root}/${name}/${stamp(at)}`;
      const tree = `${generation}/tree`;
      if (this.#fs.lstat(tree) === undefined) continue;
      const record = readRecord(this.#fs, `${generation}/record.json`);
      found.push({ name, at, tree, ...(record !== undefined && { record }) });
    }
    return found;
  }

  /** Names that have something here. */
  names(): readonly string[] {
    if (this.#fs.lstat(this.#root)?.kind !== "directory") return [];
    return this.#fs.readDir(this.#root).map((entry) => entry.name);
  }

  /** Moves a generation's tree to `path`, where nothing may stand. */
  take(generation: Generation, path: string): void {
    this.#fs.rename(generation.tree, path);
    this.#fs.removeTree(`${this.#root}/${generation.name}/${stamp(generation.at)}`);
  }

  /** Removes what is too old or too much: of one name, or of all. */
  prune(name?: string): void {
    const { now, generations = TRASH_GENERATIONS, ageMs = TRASH_AGE_MS } = this.#options;
    for (const each of name === undefined ? this.names() : [name]) {
      const directory = `${this.#root}/${each}`;
      if (this.#fs.lstat(directory)?.kind !== "directory") continue;
      const kept = this.list(each).slice(0, generations).filter(({ at }) => now() - at <= ageMs);
      const names = new Set(kept.map(({ at }) => stamp(at)));
      for (const entry of this.#fs.readDir(directory)) {
        if (!names.has(entry.name)) this.#fs.removeTree(`${directory}/${entry.name}`);
      }
      if (names.size === 0) this.#fs.removeTree(directory);
    }
  }

  /** When the generations of a name were put away, oldest first. */
  #stamps(name: string): readonly number[] {
    const directory = `${this.#root}/${name}`;
    if (this.#fs.lstat(directory)?.kind !== "directory") return [];
    return this.#fs.readDir(directory).filter((entry) => /^\d{15}$/.test(entry.name))
      .map((entry) => Number(entry.name));
  }
}

function stamp(at: number): string {
  return String(at).padStart(15, "0");
}
