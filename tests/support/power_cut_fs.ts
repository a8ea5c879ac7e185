import type { DirectoryEntry, FileInfo, Fs, OpenFile } from "../../src/ports/fs.ts";

/**
 * A file system that forgets on a power cut what was not made durable: files written and not synced come back empty, as
 * on a journalling file system with delayed allocation. Names and renames survive, in order.
 */
export class PowerCutFs implements Fs {
  readonly #fs: Fs;
  readonly #dirty = new Set<string>();

  constructor(fs: Fs) {
    this.#fs = fs;
  }

  /** The power goes: every file below `root` that was not synced is empty. */
  cut(root: string): number {
    let lost = 0;
    for (const entry of this.#fs.readDir(root)) {
      const path = `${root}/${entry.name}`;
      const info = this.#fs.lstat(path);
      if (info?.kind === "directory") lost += this.cut(path);
      if (info?.kind !== "file" || !this.#dirty.has(key(info))) continue;
      Deno.truncateSync(path, 0);
      lost++;
    }
    return lost;
  }

  lstat(path: string): FileInfo | undefined {
    return this.#fs.lstat(path);
  }

  readDir(path: string): readonly DirectoryEntry[] {
    return this.#fs.readDir(path);
  }

  open(path: string): OpenFile {
    return this.#wrap(this.#fs.open(path));
  }

  create(path: string, mode: number): OpenFile {
    return this.#wrap(this.#fs.create(path, mode));
  }

  append(path: string, mode: number): OpenFile {
    return this.#wrap(this.#fs.append(path, mode));
  }

  mkdir(path: string, mode: number): void {
    this.#fs.mkdir(path, mode);
  }

  rename(from: string, to: string): void {
    this.#fs.rename(from, to);
  }

  remove(path: string): void {
    this.#fs.remove(path);
  }

  removeTree(path: string): void {
    this.#fs.removeTree(path);
  }

  chmod(path: string, mode: number): void {
    this.#fs.chmod(path, mode);
  }

  syncDirectory(path: string): void {
    this.#fs.syncDirectory(path);
  }

  #wrap(file: OpenFile): OpenFile {
    return {
      read: (buffer) => file.read(buffer),
      write: (bytes) => {
        this.#dirty.add(key(file.stat()));
        file.write(bytes);
      },
      stat: () => file.stat(),
      sync: () => {
        file.sync();
        this.#dirty.delete(key(file.stat()));
      },
      tryLock: () => file.tryLock(),
      close: () => file.close(),
      [Symbol.dispose]: () => file.close(),
    };
  }
}

function key(info: FileInfo): string {
  return `${info.dev}:${info.ino}`;
}
