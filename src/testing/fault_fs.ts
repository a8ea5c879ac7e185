import {
  type DirectoryEntry,
  type FileInfo,
  type Fs,
  FsError,
  type FsErrorCode,
  type OpenFile,
} from "../ports/fs.ts";
import { StoppedWorld } from "./stopped_world.ts";

/** Options of {@linkcode FaultFs}. */
export interface FaultFsOptions {
  /** Which operation goes wrong, counted from 1. Undefined: none, only count. */
  readonly at?: number;
  /**
   * `stop`: the world ends there, as a kill does; else the operation fails with this code.
   * @default {"stop"}
   */
  readonly fault?: "stop" | FsErrorCode;
  /**
   * Whether a failing fault goes on failing from there, as a full disk does.
   * @default {false}
   */
  readonly sticky?: boolean;
  /** Only operations that this picks are counted. Undefined: all. */
  readonly counts?: (operation: string, path: string) => boolean;
}

/**
 * A file system that breaks at the n-th operation. A test counts once what an action does, then
 * repeats it for every n: that is the whole crash matrix.
 */
export class FaultFs implements Fs {
  readonly #fs: Fs;
  readonly #options: FaultFsOptions;
  #count = 0;
  #stopped = false;
  #trace: string[] = [];

  /** Passes everything on to `fs` until the fault. */
  constructor(fs: Fs, options: FaultFsOptions = {}) {
    this.#fs = fs;
    this.#options = options;
  }

  /** Operations so far. */
  get count(): number {
    return this.#count;
  }

  /** Whether the fault has happened. */
  get reached(): boolean {
    return this.#options.at !== undefined && this.#count >= this.#options.at;
  }

  /** What was done, one line an operation: `rename a b`. */
  get trace(): readonly string[] {
    return this.#trace;
  }

  lstat(path: string): FileInfo | undefined {
    return this.#do("lstat", path, () => this.#fs.lstat(path));
  }

  readDir(path: string): readonly DirectoryEntry[] {
    return this.#do("readDir", path, () => this.#fs.readDir(path));
  }

  open(path: string): OpenFile {
    return this.#wrap(path, this.#do("open", path, () => this.#fs.open(path)));
  }

  create(path: string, mode: number): OpenFile {
    return this.#wrap(path, this.#do("create", path, () => this.#fs.create(path, mode)));
  }

  append(path: string, mode: number): OpenFile {
    return this.#wrap(path, this.#do("append", path, () => this.#fs.append(path, mode)));
  }

  mkdir(path: string, mode: number): void {
    this.#do("mkdir", path, () => this.#fs.mkdir(path, mode));
  }

  rename(from: string, to: string): void {
    this.#do("rename", `${from} ${to}`, () => this.#fs.rename(from, to));
  }

  remove(path: string): void {
    this.#do("remove", path, () => this.#fs.remove(path));
  }

  /** Removes entry by entry, each an operation of its own: a kill may leave half a tree. */
  removeTree(path: string): void {
    const info = this.#do("lstat", path, () => this.#fs.lstat(path));
    if (info === undefined) return;
    if (info.kind === "directory") {
      const entries = this.#do("readDir", path, () => this.#fs.readDir(path));
      for (const entry of entries) this.removeTree(`${path}/${entry.name}`);
    }
    this.#do("remove", path, () => this.#fs.remove(path));
  }

  chmod(path: string, mode: number): void {
    this.#do("chmod", path, () => this.#fs.chmod(path, mode));
  }

  syncDirectory(path: string): void {
    this.#do("syncDirectory", path, () => this.#fs.syncDirectory(path));
  }

  #do<T>(operation: string, path: string, act: () => T, half: () => void = () => {}): T {
    if (this.#stopped) throw new StoppedWorld("Cannot go on: the world has stopped");
    const { at, fault = "stop", sticky = false, counts } = this.#options;
    if (counts !== undefined && !counts(operation, path)) return act();
    this.#count++;
    this.#trace.push(`${operation} ${path}`);
    const hit = at !== undefined && (this.#count === at || (sticky && this.#count > at));
    if (!hit) return act();
    half();
    if (fault === "stop") {
      this.#stopped = true;
      throw new StoppedWorld(`Cannot go on after operation ${at}: the world has stopped`);
    }
    throw new FsError(`Cannot ${operation} "${path}": ${fault}`, { code: fault, path });
  }

  #wrap(path: string, file: OpenFile): OpenFile {
    return {
      read: (buffer) => this.#do("read", path, () => file.read(buffer)),
      write: (bytes) =>
        this.#do("write", path, () => file.write(bytes), () => {
          file.write(bytes.subarray(0, bytes.length >> 1));
        }),
      stat: () => this.#do("stat", path, () => file.stat()),
      sync: () => this.#do("sync", path, () => file.sync()),
      tryLock: () => this.#do("tryLock", path, () => file.tryLock()),
      // A dead process closes its descriptors as well: never counted, never failing.
      close: () => file.close(),
      [Symbol.dispose]: () => file.close(),
    };
  }
}
