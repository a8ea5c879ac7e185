import type { Fs } from "../ports/fs.ts";
import { ArchiveError } from "./errors.ts";
import { InstalledRecords } from "./installed.ts";
import { type Generation, Trash } from "./trash.ts";

/** Options of {@linkcode restore}. */
export interface RestoreOptions {
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Absolute path of the agent's state. */
  readonly stateDirectory: string;
  /** Wall-clock time. */
  readonly now: () => number;
}

/**
 * Puts the newest generation of a directory back from the trash, and what stands there into it. Nothing may run from the
 * directory meanwhile. A crash half-way leaves both in the trash. Throws {@linkcode ArchiveError} `nothing_to_restore`.
 */
export function restore(fs: Fs, name: string, options: RestoreOptions): Generation {
  const { target, stateDirectory, now } = options;
  const trash = new Trash(fs, { target, now });
  const records = new InstalledRecords(fs, stateDirectory);
  const [generation] = trash.list(name);
  if (generation === undefined) {
    throw new ArchiveError(`Cannot restore "${name}": nothing of it is in the trash`, {
      code: "nothing_to_restore",
    });
  }
  const live = `${target}/${name}`;
  if (fs.lstat(live) !== undefined) trash.put(name, live, { record: records.read(name) });
  records.remove(name);
  trash.take(generation, live);
  if (generation.record !== undefined) records.write(name, generation.record);
  fs.syncDirectory(target);
  return generation;
}
