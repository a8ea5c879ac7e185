import { type Fs, FsError } from "../ports/fs.ts";
import { replaceFile, type ReplaceOptions } from "../util/atomic_file.ts";
import { joinPath, parentPath } from "../util/join_path.ts";

/** Bytes that a state file may have: what the agent reads of its own must have a limit as well. */
export const MAX_STATE_BYTES = 4 * 1024 * 1024;

/** The bytes of a state file; undefined when there is none. Throws FsError. */
export function readState(fs: Fs, path: string, limit = MAX_STATE_BYTES): Uint8Array | undefined {
  const info = fs.lstat(path);
  if (info === undefined) return undefined;
  if (info.kind !== "file" || info.size > limit) {
    throw new FsError(`Cannot read state "${path}": it is not a file of at most ${limit} bytes`, {
      code: "not_a_file",
      path,
    });
  }
  using file = fs.open(path);
  const bytes = new Uint8Array(file.stat().size);
  let filled = 0;
  while (filled < bytes.length) {
    const read = file.read(bytes.subarray(filled));
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}

/** Replaces a state file (0600), whole or not at all, and makes its directory (0700) when it is missing. */
export function writeState(
  fs: Fs,
  path: string,
  { bytes, ...options }: ReplaceOptions & { readonly bytes: Uint8Array },
): void {
  ensureDirectory(fs, parentPath(path));
  replaceFile(fs, path, bytes, options);
}

/** Makes a directory and those above it. Throws FsError when something else stands there. */
export function ensureDirectory(fs: Fs, path: string): void {
  const info = fs.lstat(path);
  if (info?.kind === "directory") return;
  if (info !== undefined) {
    throw new FsError(`Cannot use directory "${path}": it is a ${info.kind}`, {
      code: "not_a_directory",
      path,
    });
  }
  const parent = parentPath(path);
  if (parent !== path) ensureDirectory(fs, parent);
  fs.mkdir(path, 0o700);
}

/** Names of the state files below a manager's own directory, and of the second witness of its trust. */
export interface TrustPaths {
  /** The newest accepted envelope. */
  readonly lastKnownGood: string;
  /** Floor, keys and revocations. */
  readonly trust: string;
  /** The second copy of `trust`, in another directory. */
  readonly witness: string;
  /** A one-use permission for a roll-back. */
  readonly override: string;
}

/** Options of {@linkcode trustPaths}. */
export interface TrustPathsOptions {
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
  /** Which manager: `manager`, or `managers/<machine name>`. */
  readonly owner: string;
}

/** Where the trust of one manager is kept. */
export function trustPaths({ machines, stateDirectory, owner }: TrustPathsOptions): TrustPaths {
  const directory = joinPath(stateDirectory, owner);
  return {
    lastKnownGood: joinPath(directory, "lkg.json"),
    trust: joinPath(directory, "trust.json"),
    witness: joinPath(machines, `tmp/.seal/${owner.replaceAll("/", "-")}.json`),
    override: joinPath(directory, "override.json"),
  };
}
