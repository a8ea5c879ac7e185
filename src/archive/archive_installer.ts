import type { Clock } from "../ports/clock.ts";
import type { Fetch } from "../ports/fetch.ts";
import type { Fs } from "../ports/fs.ts";
import type {
  CheckOptions,
  CheckReport,
  CheckRequest,
  Installer,
  InstallOptions,
  InstallReport,
  InstallRequest,
} from "../ports/installer.ts";
import type { Log } from "../ports/log.ts";
import { KeyedSerial } from "../util/keyed_serial.ts";
import { Later } from "../util/later.ts";
import { ArchiveCache } from "./cache.ts";
import { DownloadTurns } from "./download_turns.ts";
import { fetchArchive, type FetchedArchive, type StageHow } from "./fetch_archive.ts";
import { InstalledRecords } from "./installed.ts";
import { type ArchiveLabour, labourHere, type TreeSize } from "./labour.ts";
import { recoverTransaction } from "./recover.ts";
import { checkRequest, keyOf, stagingOptions } from "./request.ts";
import { Transaction, type TransactionPlace } from "./transaction.ts";
import { Trash } from "./trash.ts";
import { TreeChecker } from "./tree_checker.ts";

/** Milliseconds that a new machine has for its start before its tree is made durable. */
const FINISH_DELAY_MS = 100;

/** Options of {@linkcode ArchiveInstaller}. */
export interface ArchiveInstallerOptions {
  /** Files. */
  readonly fs: Fs;
  /** The network. */
  readonly fetch: Fetch;
  /** Time. */
  readonly clock: Clock;
  /** The log. */
  readonly log: Log;
  /** Numbers in [0, 1), for names of stages. */
  readonly random: () => number;
  /** Absolute path of the agent's state. */
  readonly stateDirectory: string;
  /** The heavy work; default: right here. */
  readonly labour?: ArchiveLabour;
}

interface FinishPlan {
  readonly key: string;
  /** Whether the tree before goes to the trash. */
  readonly keepOld: boolean;
  /** Goes into the cache, when it is not there yet. */
  readonly archive: Uint8Array | undefined;
}

/** Downloads, verifies and installs archives, and keeps watch over what it installed. */
export class ArchiveInstaller implements Installer, AsyncDisposable {
  readonly #options: ArchiveInstallerOptions;
  readonly #labour: ArchiveLabour;
  readonly #records: InstalledRecords;
  readonly #cache: ArchiveCache;
  readonly #checker: TreeChecker;
  readonly #names = new KeyedSerial();
  readonly #digests = new KeyedSerial();
  /** Only downloads wait for each other: what the cache has is installed at once, whoever is slow. */
  readonly #turns = new DownloadTurns();
  /** Trees in place that are not known to be durable yet. */
  readonly #finishing: Later;
  /** Replacements that could not be ended, because the disk failed. */
  readonly #left = new Map<string, Transaction>();
  /** Counts swaps, so that a check that one ran into is made again. */
  readonly #swaps = new Map<string, number>();

  constructor(options: ArchiveInstallerOptions) {
    const { fs, clock, stateDirectory } = options;
    this.#options = options;
    this.#labour = options.labour ?? labourHere(options);
    this.#records = new InstalledRecords(fs, stateDirectory);
    this.#cache = new ArchiveCache(fs, { directory: `${stateDirectory}/cache` });
    this.#checker = new TreeChecker({ fs, clock, hash: this.#labour.hash });
    this.#finishing = new Later({ clock, delayMs: FINISH_DELAY_MS });
  }

  /** As {@linkcode Installer.install}. Installs into one directory follow each other. */
  install(request: InstallRequest, options: InstallOptions): Promise<InstallReport> {
    checkRequest(request);
    return this.#names.run(keyOf(request), () => this.#install(request, options));
  }

  /** As {@linkcode Installer.check}. */
  async check(request: CheckRequest, options: CheckOptions = {}): Promise<CheckReport> {
    checkRequest(request);
    const { signal, depth = "stat" } = options;
    const key = keyOf(request);
    for (;;) {
      signal?.throwIfAborted();
      const before = this.#swaps.get(key);
      const record = this.#records.read(request.creates);
      const report = await this.#checker.check(request, { full: depth === "full", record });
      signal?.throwIfAborted();
      if (this.#swaps.get(key) === before) return report;
    }
  }

  /** Resolves once everything that was installed so far is durable, or its failure has been logged. */
  async settled(): Promise<void> {
    await this.#finishing.finishAll();
  }

  /** Waits until what was installed is durable. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.settled();
  }

  async #install(request: InstallRequest, options: InstallOptions): Promise<InstallReport> {
    const { signal } = options;
    await this.#endEarlier(request);
    signal.throwIfAborted();
    const before = await this.check(request, { signal });
    const record = this.#records.read(request.creates);
    const same = record === undefined || record.checksum === request.checksum;
    if (before.result === "verified" && same) {
      return { result: "unchanged", checksum: request.checksum, downloaded: 0 };
    }
    const repairs = before.result === "different" && record?.checksum === request.checksum;
    const transaction = this.#begin(request, before.result !== "absent");
    const fetched = await this.#fetch(transaction, request, options);
    await this.#swap(transaction, { request, options, fetched, repairs });
    return {
      result: "installed",
      checksum: request.checksum,
      ...(repairs && { repaired: before.differences }),
      downloaded: fetched.downloaded,
    };
  }

  /** One generation that a power cut could cost is enough, and one replacement that may have to be recovered. */
  async #endEarlier(request: InstallRequest): Promise<void> {
    const key = keyOf(request);
    await this.#finishing.finish(key);
    const left = this.#left.get(key);
    if (left === undefined) return;
    this.#checker.forget(request);
    await recoverTransaction(this.#place(request), left);
    this.#left.delete(key);
  }

  #begin(request: InstallRequest, replaces: boolean): Transaction {
    const { fs, random } = this.#options;
    const { creates: name, checksum, verify, verifyChecksum, allowUnlisted = [] } = request;
    let number = Math.floor(random() * 2 ** 48);
    const txOf = () => `${name}.${number.toString(16).padStart(12, "0")}`;
    while (fs.lstat(`${request.target}/tmp/${txOf()}`) !== undefined) number++;
    const transaction = new Transaction(this.#place(request), {
      tx: txOf(),
      name,
      checksum,
      verify,
      verifyChecksum,
      allowUnlisted,
      replaces,
    });
    transaction.begin();
    return transaction;
  }

  async #fetch(
    transaction: Transaction,
    request: InstallRequest,
    options: InstallOptions,
  ): Promise<FetchedArchive> {
    const { signal, onProgress } = options;
    let tries = 0;
    const stage = (how: StageHow) => {
      if (tries++ > 0) transaction.reset();
      const staging = stagingOptions(request, {
        directory: transaction.directory,
        part: how.part,
      });
      return this.#labour.stage(staging, how);
    };
    try {
      // The same archive for two machines is fetched once: the second finds it in the cache.
      return await this.#digests.run(
        request.checksum,
        () =>
          fetchArchive({ ...this.#options, cache: this.#cache }, request, {
            signal,
            stage,
            turn: (host, download) => this.#turns.run(host, download, { signal }),
            ...(onProgress !== undefined && { onProgress }),
          }),
      );
    } catch (error) {
      this.#quietly("A stage could not be removed", () => transaction.discard());
      throw error;
    }
  }

  async #swap(
    transaction: Transaction,
    work: {
      readonly request: InstallRequest;
      readonly options: InstallOptions;
      readonly fetched: FetchedArchive;
      readonly repairs: boolean;
    },
  ): Promise<void> {
    const { request, options, fetched, repairs } = work;
    const { executables, directories, uid, files, bytes, stamps } = fetched.tree;
    const { checksum, verify, verifyChecksum } = request;
    const key = keyOf(request);
    try {
      await using _hold = transaction.entry.replaces
        ? await options.hold?.(request.creates)
        : undefined;
      options.signal.throwIfAborted();
      const installedAt = this.#options.clock.now();
      transaction.swap({
        checksum,
        verify,
        verifyChecksum,
        executables,
        directories,
        uid,
        installedAt,
      });
      this.#swaps.set(key, (this.#swaps.get(key) ?? 0) + 1);
      this.#checker.begin(request, stamps);
    } catch (error) {
      this.#checker.forget(request);
      await this.#recover(transaction, request);
      throw error;
    }
    const how = { key, files, bytes, keepOld: !repairs, archive: fetched.archive };
    this.#finishing.run(key, () => this.#finish(transaction, how));
  }

  /** A swap that failed half-way is ended as after a crash; if that fails too, the next start does it. */
  async #recover(transaction: Transaction, request: InstallRequest): Promise<void> {
    try {
      await recoverTransaction(this.#place(request), transaction);
    } catch (error) {
      this.#left.set(keyOf(request), transaction);
      this.#warn("A failed replacement could not be ended, and will be before the next", error);
    }
  }

  async #finish(
    transaction: Transaction,
    how: TreeSize & FinishPlan,
  ): Promise<void> {
    const { clock } = this.#options;
    const { checksum } = transaction.entry;
    try {
      if (how.archive !== undefined) this.#cache.put(checksum, how.archive);
      await transaction.finish({
        keepOld: how.keepOld,
        sync: (paths) => {
          // The cached archive too: a repair after a power cut should need no network.
          const cached = this.#cache.find(checksum);
          return this.#labour.sync(cached === undefined ? paths : [...paths, cached], how);
        },
      });
    } catch (error) {
      this.#left.set(how.key, transaction);
      this.#warn("A new tree could not be made durable, and will be before the next", error);
    }
    this.#quietly("The cache could not be swept", () => {
      this.#cache.sweep({ wanted: this.#records.checksums(), now: clock.now() });
    });
  }

  #place(request: CheckRequest): TransactionPlace {
    const { fs, clock, stateDirectory } = this.#options;
    const { target } = request;
    return {
      fs,
      target,
      stateDirectory,
      records: this.#records,
      trash: new Trash(fs, { target, now: () => clock.now() }),
    };
  }

  #quietly(message: string, act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#warn(message, error);
    }
  }

  #warn(message: string, error: unknown): void {
    this.#options.log.warn(message, {
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}
