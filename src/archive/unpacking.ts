import { createHash } from "node:crypto";
import type { Fs, OpenFile } from "../ports/fs.ts";
import { type Checksums, parseChecksums } from "./checksums.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";
import { Gunzip } from "./gunzip.ts";
import { READ_BYTES } from "./limits.ts";
import type { StagedTree, Staging, StagingOptions } from "./staging.ts";
import { BLOCK } from "./tar_header.ts";
import { TreeWriter } from "./tree_writer.ts";
import { Untar } from "./untar.ts";
import { inspectTree, isAllowed } from "./verify_tree.ts";

/** Bytes of headers and padding that one entry may need beside its content, on average. */
const OVERHEAD_PER_ENTRY = 4 * BLOCK;

/**
 * One pass: archive bytes are hashed, kept, unpacked, hashed file by file and written, and at the end all is compared with
 * what was signed. What is wrong inside the archive is told only when its digest was right: bytes that
 * nobody signed are a wrong download, whatever they look like.
 */
export class Unpacking implements Staging {
  readonly #fs: Fs;
  readonly #options: StagingOptions;
  readonly #hash = createHash("sha256");
  readonly #tree: TreeWriter;
  readonly #untar: Untar;
  readonly #gunzip: Gunzip;
  #part: OpenFile | undefined;
  #bytes = 0;
  #refusal: ArchiveError | undefined;

  constructor(fs: Fs, options: StagingOptions) {
    this.#fs = fs;
    this.#options = options;
    this.#tree = new TreeWriter(fs, options);
    this.#untar = new Untar(this.#tree);
    const { unpackedBytes, entries } = options.limits;
    this.#gunzip = new Gunzip({
      onData: (bytes) => this.#untar.push(bytes),
      limit: unpackedBytes + entries * OVERHEAD_PER_ENTRY,
    });
  }

  async readFrom(path: string): Promise<number> {
    using file = this.#fs.open(path);
    const buffer = new Uint8Array(READ_BYTES);
    const before = this.#bytes;
    for (let count = file.read(buffer); count > 0; count = file.read(buffer)) {
      await this.#take(buffer.subarray(0, count));
    }
    return this.#bytes - before;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const { part } = this.#options;
    if (part !== undefined) {
      this.#part ??= this.#fs.append(part, 0o600);
      this.#part.write(bytes);
    }
    await this.#take(bytes);
  }

  async finish(): Promise<StagedTree> {
    this.#part?.close();
    await this.#attempt(async () => {
      await this.#gunzip.end();
      this.#untar.end();
    });
    const digest = this.#hash.digest("hex");
    if (digest !== this.#options.checksum) {
      throw new ArchiveError(
        `Cannot use archive: its SHA-256 is "${digest}", "${this.#options.checksum}" is wanted`,
        { code: "checksum" },
      );
    }
    if (this.#refusal !== undefined) throw this.#refusal;
    this.#compare(this.#readSums());
    return this.#inspect();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#part?.close();
    this.#gunzip[Symbol.dispose]();
    this.#tree[Symbol.dispose]();
    return Promise.resolve();
  }

  async #take(bytes: Uint8Array): Promise<void> {
    this.#bytes += bytes.length;
    if (this.#bytes > this.#options.limits.archiveBytes) {
      refuse("too_large", `it has more than ${this.#options.limits.archiveBytes} bytes`);
    }
    this.#hash.update(bytes);
    if (this.#refusal === undefined) await this.#attempt(() => this.#gunzip.write(bytes));
  }

  /** Keeps a refusal of the archive for later; failures of the disk are told at once. */
  async #attempt(act: () => Promise<void>): Promise<void> {
    if (this.#refusal !== undefined) return;
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      this.#refusal = error;
    }
  }

  #readSums(): Checksums {
    const { verify, verifyChecksum } = this.#options;
    const sums = this.#tree.sums;
    if (sums === undefined) {
      if (this.#tree.kind("machine.yaml") === undefined && this.#tree.digests.size === 0) {
        refuse("top_dir", `directory "${this.#options.top}" is missing or empty`);
      }
      refuse("sums_missing", `it has no sums file "${verify}"`);
    }
    const digest = this.#tree.digests.get(verify);
    if (digest !== verifyChecksum) {
      refuse(
        "sums_checksum",
        `SHA-256 of its sums file is "${digest}", "${verifyChecksum}" is wanted`,
      );
    }
    return parseChecksums(sums, { self: verify });
  }

  /** Both ways: all that is listed is there and right, all that is there is listed. */
  #compare(sums: Checksums): void {
    const { digests } = this.#tree;
    for (const [path, digest] of sums) {
      const found = digests.get(path);
      if (found === undefined) refuse("missing", `listed file "${path}" is not in it`);
      if (found !== digest) refuse("changed", `file "${path}" is not what its sums file says`);
    }
    for (const path of digests.keys()) {
      if (sums.has(path) || path === this.#options.verify) continue;
      if (isAllowed(path, this.#options.allowUnlisted)) continue;
      refuse("unlisted", `file "${path}" is not listed in its sums file`);
    }
    if (this.#tree.kind("machine.yaml") !== "file") {
      refuse("no_machine", `it has no file "machine.yaml" in directory "${this.#options.top}"`);
    }
  }

  /** Looks at the tree as it stands on the disk: nothing but what was written, with the modes that were meant. */
  #inspect(): StagedTree {
    const root = `${this.#options.directory}/new`;
    const { executables, directories, digests } = this.#tree;
    const uid = this.#fs.lstat(root)?.uid ?? -1;
    const { differences, jobs, files } = inspectTree(this.#fs, root, {
      files: digests,
      modes: { executables: new Set(executables), directories: new Set(directories), uid },
    });
    const [first] = differences;
    if (first !== undefined) {
      refuse("staging", `staged file "${first.path}" is not as it was written (${first.kind})`);
    }
    const stamps = jobs.map((job) => job.stamp);
    return { executables, directories, uid, files, bytes: this.#bytes, stamps };
  }
}

function refuse(code: ArchiveErrorCode, why: string): never {
  throw new ArchiveError(`Cannot use archive: ${why}`, { code });
}
