import type { Fs } from "../ports/fs.ts";
import type { Desired } from "./desired.ts";
import type { ManagedRecord } from "./managed_records.ts";
import { managerName, managesMachine } from "./manager_manifest.ts";
import type { Standing } from "./plan.ts";
import { type Present, readManifest } from "./present.ts";

/** Options of {@linkcode survey}. */
export interface SurveyOptions {
  /** Files. */
  readonly fs: Fs;
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** What stands there. */
  readonly present: Present;
  /** Managed machines. */
  readonly records: ReadonlyMap<string, ManagedRecord>;
  /** The manifest that each wanted machine should have, by name. */
  readonly manifests: ReadonlyMap<string, string>;
}

/** Looks at what stands on the node for each wanted machine of a list. Throws FsError. */
export function survey(
  desired: readonly Desired[],
  { fs, machines, present, records, manifests }: SurveyOptions,
): ReadonlyMap<string, Standing> {
  const standing = new Map<string, Standing>();
  for (const { machine: { name }, wanted } of desired) {
    if (wanted !== true) continue;
    const machine = present.names.has(name);
    if (!present.names.has(managerName(name))) {
      standing.set(name, { manager: "absent", machine });
      continue;
    }
    const text = readManifest(fs, machines, name);
    const current = text !== undefined && text === manifests.get(name);
    const ours = current || records.has(name) ||
      (text !== undefined && managesMachine(text, { name, target: machines }));
    const manager = current ? "current" : ours ? "different" : "foreign";
    standing.set(name, { manager, machine });
  }
  return standing;
}

/** Directories of a machines directory that no record speaks of, but for those of machines just removed. */
export function foreignDirectories(
  { directories }: Present,
  records: ReadonlyMap<string, ManagedRecord>,
  removed: readonly string[] = [],
): readonly string[] {
  const names = [...records.keys(), ...removed];
  const managed = new Set(names.flatMap((name) => [name, managerName(name)]));
  return directories.filter((name) => !managed.has(name));
}
