import { createHash } from "node:crypto";
import { createGzip } from "node:zlib";
import { createTarPacker } from "modern-tar";
import type { FileInfo, Fs } from "../ports/fs.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { sha256 } from "../util/digest.ts";
import { readFile } from "../util/read_file.ts";
import { formatChecksums, parseChecksums } from "./checksums.ts";
import { checkCharacters, normalizePath } from "./entry_path.ts";
import { ArchiveError, type ArchiveErrorCode } from "./errors.ts";
import { MAX_ENTRIES, MAX_UNPACKED_BYTES } from "./limits.ts";
import { PathLedger } from "./path_ledger.ts";
import { RUNTIME_FILES } from "./verify_tree.ts";

/** Options of {@linkcode buildArchive}. */
export interface BuildArchiveOptions {
  /** Name of the machine: the top directory of the archive. */
  readonly name: string;
  /**
   * Name of the sums file.
   * @default {"SHA256SUMS"}
   */
  readonly verify?: string;
  /**
   * Bytes that the files may have together. Nodes unpack more than the default only when the size is signed.
   * @default {MAX_UNPACKED_BYTES}
   */
  readonly maxBytes?: number;
}

/** An archive, and what the machines list says of it. */
export interface BuiltArchive {
  /** The `tar.gz`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Name of the machine. */
  readonly name: string;
  /** SHA-256 of the archive. */
  readonly checksum: string;
  /** Name of the sums file. */
  readonly verify: string;
  /** SHA-256 of the sums file. */
  readonly verifyChecksum: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** Paths of the files in it, the sums file included, sorted. */
  readonly files: readonly string[];
}

interface Source {
  readonly path: string;
  readonly info: FileInfo;
}

/**
 * Packs a machine's directory, after writing its sums file there. The bytes depend on nothing but names, contents and
 * execute bits: sorted, times 0, no owners, modes 0644 and 0755. The machine's own data stays out. Throws
 * {@linkcode ArchiveError} for what nodes would refuse: links, odd names, `no_machine`, limits.
 */
export async function buildArchive(
  fs: Fs,
  directory: string,
  options: BuildArchiveOptions,
): Promise<BuiltArchive> {
  const { name, verify = "SHA256SUMS", maxBytes = MAX_UNPACKED_BYTES } = options;
  const ledger = new PathLedger({ top: name, entries: MAX_ENTRIES, bytes: maxBytes });
  const sources = collect(fs, directory, { name, verify, ledger });
  if (ledger.get(`${name}/machine.yaml`) !== "file") {
    refuse("no_machine", directory, 'it has no file "machine.yaml"');
  }
  const sums = new TextEncoder().encode(formatChecksums(digests(fs, directory, { sources })));
  // Who reads it back will be as strict.
  parseChecksums(sums, { self: verify });
  replaceFile(fs, `${directory}/${verify}`, sums, { mode: 0o644, durable: false });
  const written = fs.lstat(`${directory}/${verify}`);
  if (written === undefined) refuse("sums_missing", directory, "its sums file is not there");
  const all = [...sources, { path: verify, info: written }]
    .sort((a, b) => a.path < b.path ? -1 : 1);
  const bytes = await pack(fs, directory, { name, sources: all, sums, verify });
  return {
    bytes,
    name,
    checksum: sha256(bytes),
    verify,
    verifyChecksum: sha256(sums),
    size: bytes.length,
    files: all.filter(({ info }) => info.kind === "file").map(({ path }) => path),
  };
}

/** All files and directories, without the sums file and the machine's own data. */
function collect(
  fs: Fs,
  root: string,
  options: { readonly name: string; readonly verify: string; readonly ledger: PathLedger },
): Source[] {
  const { name, verify, ledger } = options;
  const found: Source[] = [];
  ledger.add({ path: name, kind: "directory", size: 0, executable: false });
  const visit = (directory: string) => {
    for (const entry of fs.readDir(directory === "" ? root : `${root}/${directory}`)) {
      const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
      if (path === verify || RUNTIME_FILES.includes(path)) continue;
      checkCharacters(path);
      const whole = normalizePath(`${name}/${path}`);
      const info = fs.lstat(`${root}/${path}`);
      if (info?.kind !== "file" && info?.kind !== "directory") {
        refuse("type", root, `"${path}" is neither file nor directory`);
      }
      ledger.add({ path: whole, kind: info.kind, size: fileSize(info), executable: false });
      found.push({ path, info });
      if (info.kind === "directory") visit(path);
    }
  };
  visit("");
  return found;
}

function fileSize(info: FileInfo): number {
  return info.kind === "file" ? info.size : 0;
}

function digests(
  fs: Fs,
  root: string,
  options: { readonly sources: readonly Source[] },
): Map<string, string> {
  const found = new Map<string, string>();
  for (const { path, info } of options.sources) {
    if (info.kind !== "file") continue;
    const hash = createHash("sha256");
    hash.update(readFile(fs, `${root}/${path}`, { limit: info.size }));
    found.set(path, hash.digest("hex"));
  }
  return found;
}

interface PackOptions {
  readonly name: string;
  readonly sources: readonly Source[];
  readonly sums: Uint8Array;
  readonly verify: string;
}

async function pack(
  fs: Fs,
  root: string,
  options: PackOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const { name, sources, sums, verify } = options;
  const { readable, controller } = createTarPacker();
  const zipped = gzip(readable);
  const add = async (path: string, mode: number, content: Uint8Array | undefined) => {
    const body = controller.add({
      name: content === undefined ? `${path}/` : path,
      size: content?.length ?? 0,
      type: content === undefined ? "directory" : "file",
      mode,
      mtime: new Date(0),
      uid: 0,
      gid: 0,
    });
    const writer = body.getWriter();
    if (content !== undefined && content.length > 0) await writer.write(content);
    await writer.close();
  };
  const write = async () => {
    await add(name, 0o755, undefined);
    for (const { path, info } of sources) {
      const mode = info.kind === "directory" || (info.mode & 0o111) !== 0 ? 0o755 : 0o644;
      const content = path === verify
        ? sums
        : info.kind === "directory"
        ? undefined
        : readFile(fs, `${root}/${path}`, { limit: info.size });
      await add(`${name}/${path}`, path === verify ? 0o644 : mode, content);
    }
    controller.finalize();
  };
  const [bytes] = await Promise.all([zipped, write()]);
  return bytes;
}

/** Compresses a stream into memory, with a header that says nothing of when and where. */
async function gzip(readable: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const zlib = createGzip({ level: 9 });
  const pieces: Uint8Array[] = [];
  zlib.on("data", (piece: Uint8Array) => pieces.push(piece));
  const ended = new Promise<void>((resolve, reject) => {
    zlib.on("end", resolve);
    zlib.on("error", reject);
  });
  for await (const piece of readable) {
    await new Promise<void>((resolve) => zlib.write(piece, () => resolve()));
  }
  zlib.end();
  await ended;
  const bytes = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  // Flags, time, extra flags, operating system (RFC 1952, 2.3.1): the last is 255, "unknown".
  bytes.set([0, 0, 0, 0, 0, 2, 255], 3);
  return bytes;
}

function refuse(code: ArchiveErrorCode, directory: string, why: string): never {
  throw new ArchiveError(`Cannot pack directory "${directory}": ${why}`, { code });
}
