import { type FileInfo, type Fs, FsError } from "../ports/fs.ts";
import { KvError, type KvErrorCode } from "../ports/kv.ts";
import { joinPath } from "../util/join_path.ts";
import { isKeyName } from "../util/kv_names.ts";

/** Longest file name that a key may become: file systems take 255 bytes, and staging adds a few. */
const MAX_NAME = 240;

/** The file name of a key: itself, but `/` is written as `%2F`. Throws KvError for what is no key. */
export function keyFile(key: string): string {
  const name = key.replaceAll("/", "%2F");
  if (isKeyName(key) && name.length <= MAX_NAME) return name;
  throw new KvError(`Cannot use key "${key}": not a key name`, { code: "bad_key" });
}

/** A file that is to be. */
export interface NewFile {
  /** Path of its directory. */
  readonly directory: string;
  /** Its name. */
  readonly name: string;
  /** Its content. */
  readonly bytes: Uint8Array;
}

/** Writes a file beside its place and renames it there; what stands there now, as it will be found. */
export function writeNew(fs: Fs, { directory, name, bytes }: NewFile): FileInfo {
  const staged = joinPath(directory, `.${name}.new`);
  fs.removeTree(staged);
  let info: FileInfo;
  {
    using file = fs.create(staged, 0o600);
    file.write(bytes);
    file.sync();
    info = file.stat();
  }
  fs.rename(staged, joinPath(directory, name));
  fs.syncDirectory(directory);
  return info;
}

/** All bytes of a file, which must not be above `limit`. */
export function readAll(fs: Fs, path: string, limit: number): Uint8Array {
  using file = fs.open(path);
  const { size } = file.stat();
  if (size > limit) {
    const why = `it has ${size} bytes, and the store takes ${limit}`;
    throw new KvError(`Cannot read "${path}": ${why}`, { code: "too_large" });
  }
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = file.read(bytes.subarray(length));
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

/** Settings of a bucket, in `.bucket.json`. */
export interface DirectorySettings {
  /** Revisions kept per key. */
  readonly history: number;
}

/** Name of the file with the settings. */
export const SETTINGS_FILE = ".bucket.json";

/** Reads a bucket's settings; a directory made by hand has the defaults. */
export function readSettings(fs: Fs, path: string): DirectorySettings {
  try {
    const bytes = readAll(fs, joinPath(path, SETTINGS_FILE), 4_096);
    const { history } = JSON.parse(new TextDecoder().decode(bytes));
    if (Number.isInteger(history) && history > 0) return { history };
  } catch {
    // The defaults are always right enough.
  }
  return { history: 10 };
}

const CODES: Readonly<Partial<Record<FsError["code"], KvErrorCode>>> = {
  permission: "permission",
  denied: "denied",
  read_only: "denied",
  too_many_open: "unreachable",
  io: "unreachable",
};

/** Whatever went wrong in a directory store, as the store's error. */
export function kvErrorOf(what: string, error: unknown): KvError {
  if (error instanceof KvError) return error;
  if (error instanceof FsError) {
    const code = CODES[error.code] ?? "store";
    return new KvError(`${what}: ${lowerFirst(error.message)}`, { code, cause: error });
  }
  const why = error instanceof Error ? error.message : String(error);
  return new KvError(`${what}: ${why}`, { code: "store", cause: error });
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
