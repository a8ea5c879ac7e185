import { type Difference, MAX_DIFFERENCES } from "../ports/installer.ts";
import type { FileInfo, Fs } from "../ports/fs.ts";
import { type Checksums, compareBytes } from "./checksums.ts";
import { type FileStamp, sameStamp, stampOf } from "./file_stamp.ts";
import { type HashJob, kindOfFailure } from "./hash_files.ts";
import { MAX_SIGNED_UNPACKED_BYTES } from "./limits.ts";

/** Names that a running machine's data has in its directory; they are never part of what was signed. */
export const RUNTIME_FILES: readonly string[] = ["machine_data.json", ".machine_data.json.new"];

/** Modes and owner that a tree got when it was installed. */
export interface TreeModes {
  /** Paths of files with 0755; all others have 0644. */
  readonly executables: ReadonlySet<string>;
  /** Paths of directories with 0755, `""` for the tree itself; all others have 0700. */
  readonly directories: ReadonlySet<string>;
  /** Owner of everything. */
  readonly uid: number;
}

/** What a tree must be. */
export interface ExpectedTree {
  /** Digests of all files, the sums file included. */
  readonly files: Checksums;
  /** Undefined when nobody remembers: then nothing may be setuid or writable by others. */
  readonly modes?: TreeModes;
  /** As in `InstallRequest.allowUnlisted`. */
  readonly allowUnlisted?: readonly string[];
}

/** Options of {@linkcode inspectTree}. */
export interface InspectOptions {
  /**
   * Stamps of files whose digest is known to be right: they are not hashed again. And of directories that are
   * known to hold what they should: they are not listed again, as a name that comes or goes changes the stamp.
   */
  readonly known?: ReadonlyMap<string, FileStamp>;
}

/** What a walk over a tree found, nothing read yet. */
export interface Inspection {
  /** Whatever the directory entries alone show to be wrong, sorted by path, at most `MAX_DIFFERENCES`. */
  readonly differences: readonly Difference[];
  /** Files that must be hashed to know more. */
  readonly jobs: readonly HashJob[];
  /** Files that were looked at. */
  readonly files: number;
  /** Stamps of directories that were listed and hold nothing but what they should. */
  readonly directories: readonly FileStamp[];
}

/** Compares a tree with what it must be by types, sizes and modes, both ways; follows no link and opens nothing. */
export function inspectTree(
  fs: Pick<Fs, "lstat" | "readDir">,
  root: string,
  options: ExpectedTree & InspectOptions,
): Inspection {
  return new Walk(fs, root, options).run();
}

/** Differences as a report carries them. */
export function sortDifferences(differences: readonly Difference[]): readonly Difference[] {
  return [...differences].sort((a, b) => compareBytes(a.path, b.path)).slice(0, MAX_DIFFERENCES);
}

/** Whether `path` may exist beside what is signed; a directory also when something in it may. */
export function isAllowed(path: string, allow: readonly string[]): boolean {
  return RUNTIME_FILES.includes(path) ||
    allow.some((pattern) =>
      pattern.endsWith("/")
        ? path.startsWith(pattern) || path === pattern.slice(0, -1)
        : path === pattern
    );
}

class Walk {
  readonly #fs: Pick<Fs, "lstat" | "readDir">;
  readonly #root: string;
  readonly #expected: ExpectedTree & InspectOptions;
  readonly #directories: Set<string>;
  readonly #missing: Set<string>;
  readonly #unseen: Set<string>;
  readonly #differences: Difference[] = [];
  readonly #jobs: HashJob[] = [];
  readonly #listed: FileStamp[] = [];
  #children: ReadonlyMap<string, readonly string[]> | undefined;
  #files = 0;

  constructor(
    fs: Pick<Fs, "lstat" | "readDir">,
    root: string,
    expected: ExpectedTree & InspectOptions,
  ) {
    this.#fs = fs;
    this.#root = root;
    this.#expected = expected;
    this.#directories = directoriesOf(expected);
    this.#missing = new Set(expected.files.keys());
    this.#unseen = new Set(expected.modes?.directories);
    this.#unseen.delete("");
  }

  run(): Inspection {
    const info = this.#fs.lstat(this.#root);
    if (info?.kind !== "directory") {
      this.#add("", info === undefined ? "missing" : "type");
    } else {
      this.#checkDirectory("", info);
      this.#enter("", info);
      for (const path of [...this.#missing, ...this.#unseen]) this.#add(path, "missing");
    }
    return {
      differences: sortDifferences(this.#differences),
      jobs: this.#jobs,
      files: this.#files,
      directories: this.#listed,
    };
  }

  /** Looks at what a directory that belongs here holds. */
  #enter(directory: string, info: FileInfo): void {
    const stamp = stampOf(directory, info);
    const { known } = this.#expected;
    const before = known?.get(directory);
    if (before !== undefined && sameStamp(before, stamp)) {
      this.#children ??= childrenOf([...this.#expected.files.keys(), ...this.#directories]);
      for (const path of this.#children.get(directory) ?? []) this.#visit(path);
      return;
    }
    if (this.#list(directory)) this.#listed.push(stamp);
  }

  /** Looks at each name of a directory. False when one is there whose coming and going must be seen at each look. */
  #list(directory: string): boolean {
    const prefix = directory === "" ? "" : `${directory}/`;
    let isPlain = true;
    try {
      for (const entry of this.#fs.readDir(`${this.#root}/${directory}`)) {
        if (!this.#visit(prefix + entry.name)) isPlain = false;
      }
    } catch (error) {
      this.#add(directory, kindOfFailure(error));
      return false;
    }
    return isPlain;
  }

  /** Looks at one name. False when it is nothing that was signed, and nothing that may be there whatever it is. */
  #visit(path: string): boolean {
    const digest = this.#expected.files.get(path);
    if (digest !== undefined) {
      this.#checkFile(path, digest);
      return true;
    }
    const isDirectory = this.#directories.has(path);
    if (!isDirectory && isAllowed(path, this.#expected.allowUnlisted ?? [])) return true;
    const info = this.#fs.lstat(`${this.#root}/${path}`);
    if (isDirectory) {
      this.#unseen.delete(path);
      if (info?.kind === "directory") {
        this.#checkDirectory(path, info);
        this.#enter(path, info);
      } else {
        this.#add(path, info === undefined ? "missing" : "type");
      }
      return true;
    }
    if (info?.kind === "directory" && this.#leadsToAllowed(path)) {
      this.#list(path);
      return false;
    }
    // An empty directory is no content; who remembers the modes knows every directory.
    const harmless = this.#expected.modes === undefined && info?.kind === "directory" &&
      this.#isEmpty(path);
    if (!harmless) this.#add(path, "unlisted");
    return false;
  }

  #leadsToAllowed(path: string): boolean {
    return (this.#expected.allowUnlisted ?? []).some((pattern) => pattern.startsWith(`${path}/`));
  }

  #isEmpty(path: string): boolean {
    return this.#fs.readDir(`${this.#root}/${path}`).length === 0;
  }

  #checkFile(path: string, digest: string): void {
    this.#missing.delete(path);
    this.#files++;
    const info = this.#fs.lstat(`${this.#root}/${path}`);
    if (info === undefined) return this.#add(path, "missing");
    // A second name is a second way to write to it.
    if (info.kind !== "file" || info.nlink > 1) return this.#add(path, "type");
    if (!this.#isFileMode(path, info)) this.#add(path, "mode");
    const stamp = stampOf(path, info);
    const known = this.#expected.known?.get(path);
    // Right with another size, or larger than anything that is installed: not a byte of it need be read.
    if (
      info.size > MAX_SIGNED_UNPACKED_BYTES || (known !== undefined && known.size !== info.size)
    ) {
      return this.#add(path, "changed");
    }
    if (known === undefined || !sameStamp(known, stamp)) this.#jobs.push({ path, digest, stamp });
  }

  #isFileMode(path: string, info: FileInfo): boolean {
    const { modes } = this.#expected;
    if (modes === undefined) return (info.mode & 0o7022) === 0;
    return info.uid === modes.uid && info.mode === (modes.executables.has(path) ? 0o755 : 0o644);
  }

  #checkDirectory(path: string, info: FileInfo): void {
    const { modes } = this.#expected;
    const right = modes === undefined
      ? (info.mode & 0o7022) === 0
      : info.uid === modes.uid && info.mode === (modes.directories.has(path) ? 0o755 : 0o700);
    if (!right) this.#add(path, "mode");
  }

  #add(path: string, kind: Difference["kind"]): void {
    // A directory full of foreign files must not cost memory for each.
    if (this.#differences.length < 100 * MAX_DIFFERENCES) this.#differences.push({ path, kind });
  }
}

/** All directories that must be there: those of the files, and those that had an entry of their own. */
function directoriesOf(expected: ExpectedTree): Set<string> {
  const directories = new Set<string>(expected.modes?.directories);
  for (const path of [...expected.files.keys(), ...directories]) {
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      const parent = path.slice(0, slash);
      if (directories.has(parent)) continue;
      directories.add(parent);
    }
  }
  directories.delete("");
  return directories;
}

/** The paths right below each directory. */
function childrenOf(paths: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const path of paths) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    const known = children.get(parent);
    if (known === undefined) children.set(parent, [path]);
    else known.push(path);
  }
  return children;
}
