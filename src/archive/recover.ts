import type { Fs } from "../ports/fs.ts";
import { ArchiveCache } from "./cache.ts";
import { compareTree } from "./expected_tree.ts";
import { InstalledRecords } from "./installed.ts";
import { Journal } from "./journal.ts";
import { syncTrees } from "./sync_tree.ts";
import { Transaction, type TransactionPlace } from "./transaction.ts";
import { Trash } from "./trash.ts";

/** Options of {@linkcode recover}. */
export interface RecoverOptions {
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Absolute path of the agent's state. */
  readonly stateDirectory: string;
  /** Wall-clock time. */
  readonly now: () => number;
}

/** What a recovery did, by names of directories. */
export interface RecoverReport {
  /** The new tree was whole and stands. */
  readonly finished: readonly string[];
  /** The new tree was not whole: the old one stands again, or nothing when there was none. */
  readonly reverted: readonly string[];
  /** The swap had not begun: the old one stands as before. */
  readonly discarded: readonly string[];
}

/** How one transaction ended. */
export type Ending = "finished" | "reverted" | "discarded";

/**
 * Ends every replacement that a crash interrupted, with the old tree or the new one, whole; then removes what is
 * left in `<target>/tmp`, in the trash and in the cache longer than it may. To be called once at start, with the directory locked, before anything runs. Needs no network.
 */
export async function recover(fs: Fs, options: RecoverOptions): Promise<RecoverReport> {
  const { target, stateDirectory, now } = options;
  const trash = new Trash(fs, { target, now });
  const place: TransactionPlace = { fs, target, stateDirectory, trash };
  const report: Record<Ending, string[]> = { finished: [], reverted: [], discarded: [] };
  for (const entry of new Journal(fs, stateDirectory).entries()) {
    const ending = await recoverTransaction(place, new Transaction(place, entry));
    report[ending].push(entry.name);
  }
  sweepStages(place);
  trash.prune();
  const records = new InstalledRecords(fs, stateDirectory);
  records.sweep(target);
  const cache = new ArchiveCache(fs, { directory: `${stateDirectory}/cache` });
  cache.sweep({ wanted: records.checksums(), now: now() });
  return report;
}

/** Ends one replacement wherever it stopped: which step it had reached is told by what stands where. */
export async function recoverTransaction(
  place: TransactionPlace,
  transaction: Transaction,
): Promise<Ending> {
  const { fs } = place;
  const { directory, live } = transaction;
  const stands = (path: string) => fs.lstat(path) !== undefined;
  const staged = stands(`${directory}/new`);
  const old = stands(`${directory}/old`);
  if (stands(live)) {
    // Not begun, or put back by itself; or swapped, when `new` has gone.
    if (staged || !transaction.begun) return discard(transaction);
    if (await isWhole(fs, live, transaction)) return await finish(place, transaction);
    if (old) {
      transaction.revert();
      return "reverted";
    }
    return abandon(place, transaction);
  }
  if (!old) return discard(transaction);
  if (staged && await isWhole(fs, `${directory}/new`, transaction)) {
    fs.rename(`${directory}/new`, live);
    return await finish(place, transaction);
  }
  transaction.revert();
  return "reverted";
}

/** Whether a tree is exactly what the journal says was to come. */
async function isWhole(fs: Fs, root: string, transaction: Transaction): Promise<boolean> {
  const { entry, record } = transaction;
  const differences = await compareTree(fs, root, { ...entry, record });
  return differences.length === 0;
}

async function finish(place: TransactionPlace, transaction: Transaction): Promise<Ending> {
  const { fs } = place;
  await transaction.finish({
    sync: (paths) => {
      for (const _ of syncTrees(fs, paths));
      return Promise.resolve();
    },
    keepOld: true,
  });
  return "finished";
}

function discard(transaction: Transaction): Ending {
  transaction.discard();
  return "discarded";
}

/** A first version that is not whole and has nothing to go back to: it may not stay where it could be run. */
function abandon(place: TransactionPlace, transaction: Transaction): Ending {
  if (!transaction.entry.replaces) {
    place.trash.put(transaction.entry.name, transaction.live, { record: transaction.record });
    transaction.forget();
  }
  transaction.discard();
  return "reverted";
}

/** Stages that belong to no journal entry; an old tree among them goes back, or to the trash. */
function sweepStages(place: TransactionPlace): void {
  const { fs, target, trash } = place;
  const stages = `${target}/tmp`;
  if (fs.lstat(stages)?.kind !== "directory") return;
  for (const { name: tx } of fs.readDir(stages)) {
    // Names with a dot in front are none of ours: the second witness of trust is there.
    if (tx.startsWith(".")) continue;
    const old = `${stages}/${tx}/old`;
    const name = tx.slice(0, Math.max(0, tx.lastIndexOf(".")));
    const isStage = fs.lstat(`${stages}/${tx}`)?.kind === "directory";
    if (isStage && name !== "" && fs.lstat(old) !== undefined) {
      if (fs.lstat(`${target}/${name}`) === undefined) fs.rename(old, `${target}/${name}`);
      else trash.put(name, old);
    }
    fs.removeTree(`${stages}/${tx}`);
  }
}
