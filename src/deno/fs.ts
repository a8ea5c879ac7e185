import type { DirectoryEntry, FileInfo, FileKind, Fs, OpenFile } from "../ports/fs.ts";
import { DenoFile, fileInfo } from "./file.ts";
import { fsError, fsRefusal } from "./fs_error.ts";

/**
 * Files through Deno. Every call that opens something looks first (lstat), opens, and looks again at
 * what is open (fstat): Deno follows links whatever the flags say under scoped permissions, and
 * opening a FIFO would hang for ever (threats.md facts 14, 16).
 */
export class DenoFs implements Fs {
  lstat(path: string): FileInfo | undefined {
    try {
      return fileInfo(Deno.lstatSync(path));
    } catch (cause) {
      // Asked for all the time, and an error of ours costs as much as the look.
      if (cause instanceof Deno.errors.NotFound) return undefined;
      const error = fsError(cause, { verb: "look at", path });
      if (error.code === "not_found") return undefined;
      throw error;
    }
  }

  readDir(path: string): readonly DirectoryEntry[] {
    return attempt("list", path, () => {
      const entries: DirectoryEntry[] = [];
      for (const entry of Deno.readDirSync(path)) {
        entries.push({ name: entry.name, kind: kindOf(entry) });
      }
      return entries.sort(byName);
    });
  }

  open(path: string): OpenFile {
    const before = this.lstat(path);
    if (before === undefined) throw fsRefusal("not_found", { verb: "open", path });
    return this.#openSame(path, before, { read: true });
  }

  create(path: string, mode: number): OpenFile {
    const file = attempt("create", path, () => {
      return Deno.openSync(path, { write: true, createNew: true, mode });
    });
    return attempt("create", path, () => {
      // The umask, or a default ACL of the directory, may have taken bits away.
      if (((file.statSync().mode ?? 0) & 0o7777) !== mode) Deno.chmodSync(path, mode);
      return new DenoFile(file, { path });
    }, () => file.close());
  }

  append(path: string, mode: number): OpenFile {
    const before = this.lstat(path);
    if (before !== undefined) return this.#openSame(path, before, { append: true });
    try {
      return this.create(path, mode);
    } catch (error) {
      const now = fsError(error, { verb: "create", path }).code === "exists"
        ? this.lstat(path)
        : undefined;
      if (now === undefined) throw error;
      return this.#openSame(path, now, { append: true });
    }
  }

  mkdir(path: string, mode: number): void {
    attempt("make directory", path, () => {
      Deno.mkdirSync(path, { mode });
      if (((Deno.lstatSync(path).mode ?? 0) & 0o7777) !== mode) Deno.chmodSync(path, mode);
    });
  }

  rename(from: string, to: string): void {
    attempt("rename", from, () => Deno.renameSync(from, to));
  }

  remove(path: string): void {
    attempt("remove", path, () => Deno.removeSync(path));
  }

  removeTree(path: string): void {
    try {
      Deno.removeSync(path, { recursive: true });
    } catch (cause) {
      if (cause instanceof Deno.errors.NotFound) return;
      const error = fsError(cause, { verb: "remove", path });
      if (error.code !== "not_found") throw error;
    }
  }

  chmod(path: string, mode: number): void {
    const info = this.lstat(path);
    if (info === undefined) throw fsRefusal("not_found", { verb: "change mode of", path });
    if (info.kind === "link") throw fsRefusal("not_a_file", { verb: "change mode of", path });
    attempt("change mode of", path, () => Deno.chmodSync(path, mode));
  }

  syncDirectory(path: string): void {
    const info = this.lstat(path);
    if (info === undefined) throw fsRefusal("not_found", { verb: "sync", path });
    if (info.kind !== "directory") throw fsRefusal("not_a_directory", { verb: "sync", path });
    attempt("sync", path, () => {
      using directory = Deno.openSync(path);
      directory.syncSync();
    });
  }

  /** Opens what `before` described, or nothing. */
  #openSame(path: string, before: FileInfo, options: Deno.OpenOptions): OpenFile {
    if (before.kind !== "file") throw fsRefusal("not_a_file", { verb: "open", path });
    const file = attempt("open", path, () => Deno.openSync(path, options));
    return attempt("open", path, () => {
      const now = fileInfo(file.statSync());
      if (now.kind !== "file" || now.dev !== before.dev || now.ino !== before.ino) {
        throw fsRefusal("not_a_file", { verb: "open", path });
      }
      return new DenoFile(file, { path, opened: now });
    }, () => file.close());
  }
}

function kindOf(entry: Deno.DirEntry): FileKind {
  if (entry.isSymlink) return "link";
  if (entry.isDirectory) return "directory";
  return entry.isFile ? "file" : "other";
}

/** Order of the bytes of UTF-8, which is the order of code points: of code units too, but for surrogates. */
function byName({ name: a }: DirectoryEntry, { name: b }: DirectoryEntry): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left === right) continue;
    return isSurrogate(left) === isSurrogate(right) ? left - right : isSurrogate(left) ? 1 : -1;
  }
  return a.length - b.length;
}

/** Half of a code point above all that one unit can hold. */
function isSurrogate(unit: number): boolean {
  return (unit & 0xf800) === 0xd800;
}

function attempt<T>(verb: string, path: string, act: () => T, undo: () => void = () => {}): T {
  try {
    return act();
  } catch (cause) {
    undo();
    throw fsError(cause, { verb, path });
  }
}
