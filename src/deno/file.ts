import type { FileInfo, OpenFile } from "../ports/fs.ts";
import { fsError } from "./fs_error.ts";

/** Options of {@linkcode DenoFile}. */
export interface DenoFileOptions {
  /** For errors. */
  readonly path: string;
  /** What is open, when somebody has looked. */
  readonly opened?: FileInfo;
}

/** An open regular file, with the runtime's errors turned into ours. */
export class DenoFile implements OpenFile {
  readonly #file: Deno.FsFile;
  readonly #path: string;
  #closed = false;
  /** What was open right after it was opened; undefined when nobody looked. */
  readonly opened: FileInfo | undefined;

  constructor(file: Deno.FsFile, options: DenoFileOptions) {
    this.#file = file;
    this.#path = options.path;
    this.opened = options.opened;
  }

  read(buffer: Uint8Array): number {
    return this.#do("read", () => this.#file.readSync(buffer) ?? 0);
  }

  write(bytes: Uint8Array): void {
    this.#do("write", () => {
      for (let done = 0; done < bytes.length;) {
        done += this.#file.writeSync(done === 0 ? bytes : bytes.subarray(done));
      }
    });
  }

  stat(): FileInfo {
    return this.#do("look at", () => fileInfo(this.#file.statSync()));
  }

  sync(): void {
    this.#do("sync", () => this.#file.syncDataSync());
  }

  tryLock(): boolean {
    return this.#do("lock", () => this.#file.tryLockSync(true));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #do<T>(verb: string, act: () => T): T {
    try {
      return act();
    } catch (cause) {
      throw fsError(cause, { verb, path: this.#path });
    }
  }
}

/** The runtime's view of a file as the port has it. */
export function fileInfo(info: Deno.FileInfo): FileInfo {
  return {
    kind: info.isSymlink ? "link" : info.isDirectory ? "directory" : info.isFile ? "file" : "other",
    size: info.size,
    mode: (info.mode ?? 0) & 0o7777,
    mtimeMs: info.mtime?.getTime() ?? 0,
    ctimeMs: info.ctime?.getTime() ?? 0,
    dev: info.dev,
    ino: info.ino ?? 0,
    nlink: info.nlink ?? 1,
    uid: info.uid ?? 0,
    gid: info.gid ?? 0,
  };
}
