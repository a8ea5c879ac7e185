import { load } from "js-yaml";
import { type Fs, FsError } from "../ports/fs.ts";
import { MANAGER_PREFIX, nameFault } from "../spec/name.ts";
import { joinPath } from "../util/join_path.ts";
import type { ManagedRecord, SignedTree } from "./managed_records.ts";
import { managerName, treeOfManager } from "./manager_manifest.ts";
import { type Present, readMachineYaml } from "./present.ts";

/** Options of {@linkcode leftManagers}. */
export interface LeftManagersOptions {
  /** Files. */
  readonly fs: Fs;
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
  /** Whose question it is: `manager`, or `managers/<machine name>`. */
  readonly owner: string;
  /** What stands in the machines directory. */
  readonly present: Present;
  /** Managed machines, of all managers. */
  readonly records: ReadonlyMap<string, ManagedRecord>;
}

/** Watchers of which each writes manager machines into the directory. */
const MANAGING = ["machines", "plugins"];

/**
 * Machines that the reference's manager installed here before this one took the directory over: no record
 * speaks of them, and their manager machine is word for word of its template. Empty as soon as there is, or
 * was, another manager in the directory, since nothing in such a manifest tells whose it is. Throws FsError for the state directory.
 *
 * @returns What each was installed from, by name.
 */
export function leftManagers(options: LeftManagersOptions): ReadonlyMap<string, SignedTree> {
  const { fs, machines, present, records } = options;
  const left = new Map<string, SignedTree>();
  for (const directory of present.directories) {
    const name = directory.slice(MANAGER_PREFIX.length);
    if (directory !== managerName(name) || records.has(name) || nameFault(name)) continue;
    const tree = quietly(() => {
      const kind = fs.lstat(joinPath(machines, name))?.kind ?? "directory";
      const text = kind === "directory"
        ? readMachineYaml(fs, joinPath(machines, directory))
        : undefined;
      return text && treeOfManager(text, { name, target: machines });
    });
    if (tree) left.set(name, tree);
  }
  return left.size > 0 && isAlone(options) ? left : new Map();
}

/** Whether no other manager works in the directory, or ever did; false when that cannot be told. */
function isAlone(options: LeftManagersOptions): boolean {
  const { fs, machines, stateDirectory, owner, present, records } = options;
  if ([...records.values()].some(({ manager }) => manager !== owner)) return false;
  const own = owner.startsWith("managers/") ? owner.slice("managers/".length) : undefined;
  // A manager that is itself installed by one.
  if (own !== undefined && present.names.has(managerName(own))) return false;
  if (own !== undefined && fs.lstat(joinPath(stateDirectory, "manager")) !== undefined) {
    return false;
  }
  const trusts = joinPath(stateDirectory, "managers");
  const others = fs.lstat(trusts)?.kind === "directory" ? fs.readDir(trusts) : [];
  if (others.some(({ name }) => name !== own)) return false;
  return present.directories.every((directory) =>
    quietly(() => {
      const text = readMachineYaml(fs, joinPath(machines, directory));
      if (text !== undefined) return !manages(text, own);
      return fs.lstat(joinPath(machines, `${directory}/machine.yaml`)) === undefined;
    }) ?? false
  );
}

/** What cannot be read is nothing to act on, and no reason to stop: others are cared for all the same. */
function quietly<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

/** Whether a manifest is one of a manager other than `own`; one that cannot be parsed may be. */
function manages(text: string, own: string | undefined): boolean {
  let manifest: { readonly name?: unknown; readonly watchers?: unknown } | undefined;
  try {
    // As the loader has it: the seed's own manager says "state_match" twice.
    manifest = load(text, { json: true, maxDepth: 20, maxAliases: 0 }) as typeof manifest;
  } catch {
    return true;
  }
  const { name, watchers } = manifest ?? {};
  if (name === own && own !== undefined) return false;
  return Array.isArray(watchers) && watchers.some((each) => MANAGING.includes(each?.type));
}
