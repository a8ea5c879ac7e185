import { type Fs, FsError } from "../ports/fs.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import { joinPath } from "../util/join_path.ts";
import { readState } from "./state_file.ts";

/** Bytes that the manifest of a manager machine may have. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

/** What stands in a machines directory. */
export interface Present {
  /** Names of everything there, whatever it is. */
  readonly names: ReadonlySet<string>;
  /** Directories that a host would load: machines and managers, managed or not. */
  readonly directories: readonly string[];
}

/** Looks at a machines directory; one that is missing is empty. Throws FsError. */
export function present(fs: Fs, machines: string): Present {
  const entries = fs.lstat(machines) === undefined ? [] : fs.readDir(machines);
  const loadable = entries.filter(({ name, kind }) =>
    kind === "directory" && name !== "tmp" && !name.startsWith(".") && !name.endsWith("-temp")
  );
  return {
    names: new Set(entries.map(({ name }) => name)),
    directories: loadable.map(({ name }) => name),
  };
}

/** The text of a manager machine's manifest; undefined when there is none that could be read as text. */
export function readManifest(fs: Fs, machines: string, name: string): string | undefined {
  return readMachineYaml(fs, joinPath(machines, `${MANAGER_PREFIX}${name}`));
}

/** The text of the manifest in a directory; undefined when there is none that could be read as text. */
export function readMachineYaml(fs: Fs, directory: string): string | undefined {
  if (fs.lstat(directory)?.kind !== "directory") return undefined;
  try {
    const bytes = readState(fs, joinPath(directory, "machine.yaml"), MAX_MANIFEST_BYTES);
    return bytes && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    if (error instanceof FsError && error.code === "not_a_file") return undefined;
    throw error;
  }
}
