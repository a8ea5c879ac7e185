import { type Fs, FsError } from "../ports/fs.ts";
import { ArchiveError } from "./errors.ts";
import { READ_BYTES } from "./limits.ts";
import { RUNTIME_FILES } from "./verify_tree.ts";

/** Bytes that a machine's own files may have to be carried to its next version. */
export const MAX_CARRIED_BYTES = 64 * 1024 * 1024;
/** Files and directories likewise. */
export const MAX_CARRIED_ENTRIES = 10_000;

/** Options of {@linkcode carryOver}. */
export interface CarryOverOptions {
  /** The tree that stands. */
  readonly from: string;
  /** The tree that will. */
  readonly to: string;
  /** As in `InstallRequest.allowUnlisted`. */
  readonly allowUnlisted: readonly string[];
}

/**
 * Copies what belongs to the running machine, not to the archive, into its next version: its data and what
 * `allowUnlisted` names. A copy, so that the old tree stays whole for a way back. Links and whatever else is no file
 * are left behind; what the archive itself brings wins. Throws `carry_limit`.
 */
export function carryOver(fs: Fs, options: CarryOverOptions): void {
  const copy = new Copy(fs, options);
  // The second name is a write under way: only the first is data.
  copy.path(RUNTIME_FILES[0] ?? "");
  for (const pattern of options.allowUnlisted) copy.path(pattern.replace(/\/$/, ""));
}

class Copy {
  readonly #fs: Fs;
  readonly #options: CarryOverOptions;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #bytes = 0;
  #entries = 0;

  constructor(fs: Fs, options: CarryOverOptions) {
    this.#fs = fs;
    this.#options = options;
  }

  path(path: string): void {
    if (path === "" || path.split("/").includes("..")) return;
    const { from } = this.#options;
    // A link on the way would lead anywhere.
    const above = path.split("/").slice(0, -1);
    for (let i = 1; i <= above.length; i++) {
      const parent = above.slice(0, i).join("/");
      if (this.#fs.lstat(`${from}/${parent}`)?.kind !== "directory") return;
      this.#directory(parent);
    }
    this.#entry(path);
  }

  #entry(path: string): void {
    const info = this.#fs.lstat(`${this.#options.from}/${path}`);
    if (info === undefined || (info.kind !== "file" && info.kind !== "directory")) return;
    this.#bytes += info.kind === "file" ? info.size : 0;
    if (++this.#entries > MAX_CARRIED_ENTRIES || this.#bytes > MAX_CARRIED_BYTES) {
      throw new ArchiveError(
        `Cannot carry "${path}" to the next version: the machine's own files are more than ` +
          `${MAX_CARRIED_ENTRIES} or ${MAX_CARRIED_BYTES} bytes`,
        { code: "carry_limit" },
      );
    }
    if (info.kind === "file") return this.#file(path, info.mode & 0o777);
    this.#directory(path);
    for (const { name } of this.#fs.readDir(`${this.#options.from}/${path}`)) {
      this.#entry(`${path}/${name}`);
    }
  }

  #directory(path: string): void {
    const { from, to } = this.#options;
    if (this.#fs.lstat(`${to}/${path}`) !== undefined) return;
    const mode = (this.#fs.lstat(`${from}/${path}`)?.mode ?? 0o700) & 0o777;
    this.#fs.mkdir(`${to}/${path}`, mode);
  }

  #file(path: string, mode: number): void {
    const { from, to } = this.#options;
    using source = this.#fs.open(`${from}/${path}`);
    try {
      using copy = this.#fs.create(`${to}/${path}`, mode);
      for (let n = source.read(this.#buffer); n > 0; n = source.read(this.#buffer)) {
        copy.write(this.#buffer.subarray(0, n));
      }
      copy.sync();
    } catch (error) {
      if (error instanceof FsError && error.code === "exists") return;
      throw error;
    }
  }
}
