import type { HostedMachine, HostStatus } from "../host/hosted_machine.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES } from "../machine/manifest.ts";
import type { Fs } from "../ports/fs.ts";
import { managerName } from "../sets/manager_manifest.ts";
import { sha256 } from "../util/digest.ts";
import { joinPath } from "../util/join_path.ts";
import { readFile } from "../util/read_file.ts";
import { isResting, type ManagerView, managerViews, watcherOf } from "./manager_view.ts";

/** Options of {@linkcode hasSettled}. */
export interface SettledOptions {
  /** Files. */
  readonly fs: Fs;
  /** Absolute path of the machines directory. */
  readonly machines: string;
}

/**
 * Whether everything has had its outcome, good or bad: each manager has asked the store and looked at what it
 * got, and each wanted machine has been installed, verified or refused under its newest manifest.
 */
export function hasSettled(host: HostStatus, options: SettledOptions): boolean {
  if (host.scannedAt === undefined) return false;
  const starting = host.machines.some(({ phase, embedded, directory }) =>
    (phase === "starting" || phase === "waiting") && (embedded || !directory.startsWith("mm_"))
  );
  if (starting) return false;
  const hosted = new Map(host.machines.map((machine) => [machine.directory, machine]));
  const views = managerViews(host);
  return views.every((view) => {
    if (!hasLooked(view)) return false;
    return view.verdicts.every(({ name, wanted, code }) =>
      wanted !== true || code !== undefined || isDone(name, hosted.get(managerName(name)), options)
    );
  });
}

/**
 * What brings the list has told, and the list was looked at since: what is brought asks for a look at once. In
 * maintenance nobody looks, and to wait would be in vain.
 */
function hasLooked({ hosted, source, watcher }: ManagerView): boolean {
  if (isResting(hosted, watcher)) return true;
  const isTold = source === undefined || source.at !== undefined;
  return isTold && watcher.at !== undefined && !watcher.pending;
}

function isDone(
  name: string,
  keeper: HostedMachine | undefined,
  { fs, machines }: SettledOptions,
): boolean {
  if (keeper === undefined) return false;
  if (keeper.phase === "failed") return true;
  const archive = keeper.machine && watcherOf(keeper.machine, "archive");
  if (isResting(keeper, archive)) return true;
  if (archive?.outcome === undefined || archive.outcome.code === "splay") return false;
  const path = joinPath(machines, managerName(name), MANIFEST_FILE);
  try {
    return sha256(readFile(fs, path, { limit: MAX_MANIFEST_BYTES })) === keeper.digest;
  } catch {
    // It is being replaced.
    return false;
  }
}
