import { createHash, type Hash } from "node:crypto";
import type { Fs, OpenFile } from "../ports/fs.ts";
import { ArchiveError } from "./errors.ts";
import { MAX_SUMS_BYTES } from "./limits.ts";
import { PathLedger } from "./path_ledger.ts";
import type { StagingOptions } from "./staging.ts";
import type { TarEntry, TarSink } from "./untar.ts";
import { RUNTIME_FILES } from "./verify_tree.ts";

/** The file that is being written. */
interface Current {
  readonly path: string;
  readonly file: OpenFile;
  readonly hash: Hash;
}

/** Writes the entries of an archive below a fresh directory, hashing every file on its way. */
export class TreeWriter implements TarSink, Disposable {
  readonly #fs: Fs;
  readonly #options: StagingOptions;
  readonly #root: string;
  readonly #ledger: PathLedger;
  readonly #digests = new Map<string, string>();
  readonly #executables: string[] = [];
  readonly #sums: Uint8Array[] = [];
  #current: Current | undefined;

  constructor(fs: Fs, options: StagingOptions) {
    this.#fs = fs;
    this.#options = options;
    this.#root = `${options.directory}/new`;
    this.#ledger = new PathLedger({
      top: options.top,
      entries: options.limits.entries,
      bytes: options.limits.unpackedBytes,
    });
  }

  /** SHA-256 of every file, by path relative to the tree. */
  get digests(): ReadonlyMap<string, string> {
    return this.#digests;
  }

  /** Files that have an execute bit. */
  get executables(): readonly string[] {
    return this.#executables;
  }

  /** Directories that have an entry of their own. */
  get directories(): readonly string[] {
    return this.#ledger.directories().map((path) => this.#relative(path));
  }

  /** Content of the sums file; undefined when the archive has none. */
  get sums(): Uint8Array | undefined {
    if (!this.#digests.has(this.#options.verify)) return undefined;
    const all = new Uint8Array(this.#sums.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of this.#sums) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }

  /** Whether a path relative to the tree is a file, a directory, or nothing. */
  kind(path: string): "file" | "directory" | undefined {
    const standing = this.#ledger.get(`${this.#options.top}/${path}`);
    return standing === "implied" ? "directory" : standing;
  }

  entry(entry: TarEntry): void {
    const path = this.#relative(entry.path);
    this.#checkNames(path, entry);
    const known = this.#ledger.get(entry.path);
    for (const parent of this.#ledger.add(entry)) this.#makeDirectory(parent, 0o700);
    if (entry.kind === "directory") {
      if (known === "implied") this.#fs.chmod(this.#absolute(path), 0o755);
      else this.#makeDirectory(entry.path, 0o755);
      return;
    }
    if (entry.executable) this.#executables.push(path);
    const file = this.#fs.create(this.#absolute(path), entry.executable ? 0o755 : 0o644);
    this.#current = { path, file, hash: createHash("sha256") };
  }

  content(bytes: Uint8Array): void {
    const current = this.#current;
    if (current === undefined) return;
    current.hash.update(bytes);
    current.file.write(bytes);
    if (current.path === this.#options.verify) this.#sums.push(bytes.slice());
  }

  endFile(): void {
    const current = this.#current;
    if (current === undefined) return;
    this.#current = undefined;
    current.file.close();
    this.#digests.set(current.path, current.hash.digest("hex"));
  }

  /** Closes the file that was being written when something failed. */
  [Symbol.dispose](): void {
    this.#current?.file.close();
    this.#current = undefined;
  }

  #checkNames(path: string, entry: TarEntry): void {
    if (RUNTIME_FILES.includes(path)) {
      throw new ArchiveError(`Cannot use archive entry "${path}": it is the machine's own data`, {
        code: "runtime_file",
      });
    }
    if (path !== this.#options.verify) return;
    if (entry.kind === "directory") {
      throw new ArchiveError(`Cannot use sums file "${path}": it is a directory`, {
        code: "sums_type",
      });
    }
    if (entry.size > MAX_SUMS_BYTES) {
      throw new ArchiveError(
        `Cannot use sums file "${path}": it has ${entry.size} bytes, ${MAX_SUMS_BYTES} are allowed`,
        { code: "sums_too_large" },
      );
    }
  }

  #makeDirectory(path: string, mode: number): void {
    this.#fs.mkdir(this.#absolute(this.#relative(path)), mode);
  }

  #relative(path: string): string {
    return path.slice(this.#options.top.length + 1);
  }

  #absolute(path: string): string {
    return path === "" ? this.#root : `${this.#root}/${path}`;
  }
}
