import { type Fs, FsError } from "../ports/fs.ts";
import type { Neighbours } from "../ports/neighbours.ts";
import { replaceFile } from "../util/atomic_file.ts";
import { joinPath } from "../util/join_path.ts";
import type { ManagedRecords } from "./managed_records.ts";
import { managerName } from "./manager_manifest.ts";
import type { Plan, Step } from "./plan.ts";
import { ensureDirectory } from "./state_file.ts";

/** Takes what a removed machine leaves; it may come back. */
export interface Discard {
  /** Moves the directory `name` of the machines directory away. Does nothing when there is none. */
  (name: string): void | Promise<void>;
}

/** Options of {@linkcode apply}. */
export interface ApplyOptions {
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** Files. */
  readonly fs: Fs;
  /** Stops what runs. */
  readonly neighbours: Neighbours;
  /** Who owns what. */
  readonly records: ManagedRecords;
  /** The manifest of each machine that is written, by name. */
  readonly manifests: ReadonlyMap<string, string>;
  /** Where removed machines go. */
  readonly discard: Discard;
  /** Abandons the work between two steps. */
  readonly signal: AbortSignal;
}

/** What {@linkcode apply} did. */
export interface Applied {
  /** Names of machines whose manager was written. */
  readonly written: readonly string[];
  /** Names of machines that were removed. */
  readonly removed: readonly string[];
  /** What could not be done, by name: others were done all the same. */
  readonly failed: ReadonlyMap<string, FsError>;
}

/**
 * Does what a plan says. A machine is put on record before anything is written for it, and taken off after
 * the last thing of it is gone, so that a stop in between leaves nothing that nobody owns.
 */
export async function apply({ steps }: Plan, options: ApplyOptions): Promise<Applied> {
  const { records, signal } = options;
  const noted = steps.flatMap(({ name, record }) =>
    record === undefined ? [] : [[name, record]] as const
  );
  const damaged = records.fault === "damaged";
  if (damaged || noted.some(([name, record]) => !sameRecord(records.all.get(name), record))) {
    records.change((all) => {
      for (const [name, record] of noted) all.set(name, record);
    });
  }
  const failed = new Map<string, FsError>();
  const done = async (kind: Step["kind"], act: (name: string) => void | Promise<void>) => {
    const names: string[] = [];
    for (const step of steps) {
      if (step.kind !== kind) continue;
      signal.throwIfAborted();
      try {
        await act(step.name);
        names.push(step.name);
      } catch (error) {
        if (!(error instanceof FsError)) throw error;
        failed.set(step.name, error);
      }
    }
    return names;
  };
  const written = await done("write", (name) => writeManager(name, options));
  const took = new Set(noted.map(([name]) => name));
  const removed = await done(
    "remove",
    (name) => removeMachine(name, { ...options, keepManager: took.has(name) }),
  );
  return { written, removed, failed };
}

/** Replaces one file: what the manager keeps beside its manifest stays. */
function writeManager(name: string, { fs, machines, manifests }: ApplyOptions): void {
  const directory = joinPath(machines, managerName(name));
  const info = fs.lstat(directory);
  // It is ours on record: whatever was put in its place goes, and no link is followed.
  if (info !== undefined && info.kind !== "directory") fs.removeTree(directory);
  ensureDirectory(fs, directory);
  const path = joinPath(directory, "machine.yaml");
  if (fs.lstat(path)?.kind === "directory") fs.removeTree(path);
  const bytes = new TextEncoder().encode(manifests.get(name) ?? "");
  // Not durable: it is made of the list, which is, and compared with it at the first look after a start.
  replaceFile(fs, path, bytes, { durable: false });
}

/** The manager first, so that it does not install again what is being removed. */
/** Removes a machine; `keepManager`: its manager machine is not of our making, and goes to the trash too. */
async function removeMachine(
  name: string,
  options: ApplyOptions & { readonly keepManager: boolean },
): Promise<void> {
  const { fs, machines, neighbours, records, discard, signal, keepManager } = options;
  const manager = managerName(name);
  await using _manager = await neighbours.hold(manager, { signal });
  await using _machine = await neighbours.hold(name, { signal });
  if (keepManager) await discard(manager);
  else fs.removeTree(joinPath(machines, manager));
  await discard(name);
  records.change((all) => {
    all.delete(name);
  });
}

function sameRecord(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
