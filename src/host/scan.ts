import type { MachineDefinition } from "../machine/definition.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES, parseManifest } from "../machine/manifest.ts";
import { ManifestError } from "../machine/manifest_error.ts";
import { type DirectoryEntry, type FileInfo, type Fs, FsError } from "../ports/fs.ts";
import { sha256 } from "../util/digest.ts";
import { joinPath } from "../util/join_path.ts";
import { readFile } from "../util/read_file.ts";

/** What stands in one directory of the machines directory. */
export type Scanned =
  | {
    readonly kind: "machine";
    readonly directory: string;
    readonly digest: string;
    readonly definition: MachineDefinition;
    readonly warnings: readonly string[];
  }
  | {
    readonly kind: "broken";
    readonly directory: string;
    readonly digest: string;
    readonly code: string;
    readonly reason: string;
  }
  | {
    readonly kind: "unknown";
    readonly directory: string;
    readonly code: string;
    readonly reason: string;
  }
  | { readonly kind: "empty"; readonly directory: string };

interface Remembered {
  readonly stamp: string;
  readonly scanned: Scanned;
}

/**
 * Whether the loader looks into an entry of the machines directory: directories only (a link to one is not),
 * not `tmp`, not `.`-names, not what ends in `-temp`.
 */
export function isMachineDirectory(entry: DirectoryEntry): boolean {
  return entry.kind === "directory" && entry.name !== "tmp" && !entry.name.startsWith(".") &&
    !entry.name.endsWith("-temp");
}

/**
 * Looks at a machines directory again and again; a manifest is read only when its file is another one than
 * at the last look.
 */
export class Scanner {
  readonly #fs: Fs;
  readonly #directory: string;
  #remembered = new Map<string, Remembered>();

  /** Looks at nothing yet: {@linkcode Scanner.scan} does. */
  constructor(options: ScannerOptions) {
    this.#fs = options.fs;
    this.#directory = options.directory;
  }

  /** What stands there, sorted by name. Throws FsError when the machines directory itself cannot be listed. */
  scan(): readonly Scanned[] {
    const remembered = new Map<string, Remembered>();
    const found = this.#fs.readDir(this.#directory).filter(isMachineDirectory).map(({ name }) => {
      const next = this.#look(name);
      if (next.stamp !== "") remembered.set(name, next);
      return next.scanned;
    });
    this.#remembered = remembered;
    return found;
  }

  #look(directory: string): Remembered {
    const path = joinPath(this.#directory, directory, MANIFEST_FILE);
    try {
      const info = this.#fs.lstat(path);
      if (info === undefined) return { stamp: "", scanned: { kind: "empty", directory } };
      const stamp = stampOf(info);
      const earlier = this.#remembered.get(directory);
      if (earlier?.stamp === stamp) return earlier;
      if (info.kind !== "file") {
        return { stamp, scanned: broken(directory, stamp, `it is a ${info.kind}, not a file`) };
      }
      return { stamp, scanned: this.#read(directory, path) };
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (error.code === "not_found") return { stamp: "", scanned: { kind: "empty", directory } };
      const { message: reason, code } = error;
      return { stamp: "", scanned: { kind: "unknown", directory, code, reason } };
    }
  }

  #read(directory: string, path: string): Scanned {
    let bytes: Uint8Array;
    try {
      bytes = readFile(this.#fs, path, { limit: MAX_MANIFEST_BYTES });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return broken(directory, "", error.message);
    }
    const digest = sha256(bytes);
    try {
      const { definition, warnings } = parseManifest(bytes, { path });
      return { kind: "machine", directory, digest, definition, warnings };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      const { code, message: reason } = error;
      return { kind: "broken", directory, digest, code, reason };
    }
  }
}

/** Options of {@linkcode Scanner}. */
export interface ScannerOptions {
  /** Files. */
  readonly fs: Fs;
  /** Absolute path of the machines directory. */
  readonly directory: string;
}

function broken(directory: string, digest: string, what: string): Scanned {
  const reason = `Cannot load machine "${directory}/${MANIFEST_FILE}": ${what}`;
  return { kind: "broken", directory, digest, code: "manifest_text", reason };
}

/** Changes whenever the file does: another inode, another size, or written or renamed at another time. */
function stampOf(info: FileInfo): string {
  const { dev, ino, size, mode, mtimeMs, ctimeMs } = info;
  return [info.kind, dev, ino, size, mode, mtimeMs, ctimeMs].join(":");
}
