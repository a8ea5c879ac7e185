import { InstalledRecords } from "../archive/installed.ts";
import { Trash } from "../archive/trash.ts";
import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { Discard } from "../sets/apply.ts";
import { joinPath } from "../util/join_path.ts";

/** Options of {@linkcode discardToTrash}. */
export interface DiscardToTrashOptions {
  /** Files. */
  readonly fs: Fs;
  /** Stamps what is put away. */
  readonly clock: Pick<Clock, "now">;
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
}

/** Puts removed machines into the trash, with what is known of them, from where they can be restored. */
export function discardToTrash(options: DiscardToTrashOptions): Discard {
  const { fs, clock, machines, stateDirectory } = options;
  const trash = new Trash(fs, { target: machines, now: () => clock.now() });
  const records = new InstalledRecords(fs, stateDirectory);
  return (name) => {
    const path = joinPath(machines, name);
    if (fs.lstat(path) !== undefined) trash.put(name, path, { record: records.read(name) });
    fs.removeTree(records.path(name));
    trash.prune(name);
  };
}
