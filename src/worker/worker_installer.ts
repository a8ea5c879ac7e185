import { ArchiveInstaller } from "../archive/archive_installer.ts";
import type { HashJob } from "../archive/hash_files.ts";
import { type ArchiveLabour, labourHere } from "../archive/labour.ts";
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
import { WorkerPool } from "./worker_pool.ts";
import { WorkerStaging } from "./worker_staging.ts";

/** Bytes of an archive that is unpacked right here: starting a worker takes longer. */
export const SMALL_ARCHIVE_BYTES = 256 * 1024;
/** Bytes that are hashed right here. */
export const SMALL_HASH_BYTES = 4 * 1024 * 1024;
/** Files that are hashed or made durable right here. */
export const SMALL_FILE_COUNT = 200;

/** Options of {@linkcode WorkerInstaller}. */
export interface WorkerInstallerOptions {
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
}

/**
 * The installer of an agent: small archives at once, large ones in a worker, so that the agent's loop stays alive and its
 * memory comes back. Downloads, swaps and records are made on this thread in either case.
 */
export class WorkerInstaller implements Installer, AsyncDisposable {
  readonly #installer: ArchiveInstaller;
  readonly #pool: WorkerPool;

  /** Starts nothing: the first large archive does. */
  constructor(options: WorkerInstallerOptions) {
    this.#pool = new WorkerPool(options.clock);
    this.#installer = new ArchiveInstaller({ ...options, labour: labour(options, this.#pool) });
  }

  /** As {@linkcode Installer.install}. */
  install(request: InstallRequest, options: InstallOptions): Promise<InstallReport> {
    return this.#installer.install(request, options);
  }

  /** As {@linkcode Installer.check}. */
  check(request: CheckRequest, options: CheckOptions = {}): Promise<CheckReport> {
    return this.#installer.check(request, options);
  }

  /** Resolves once everything that was installed so far is durable. */
  settled(): Promise<void> {
    return this.#installer.settled();
  }

  /** Waits until what was installed is durable, then ends the workers. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#installer[Symbol.asyncDispose]();
    this.#pool[Symbol.dispose]();
  }
}

function labour(options: WorkerInstallerOptions, pool: WorkerPool): ArchiveLabour {
  const here = labourHere(options);
  return {
    stage(staging, how) {
      const small = how.bytes !== undefined && how.bytes <= SMALL_ARCHIVE_BYTES;
      if (small) return here.stage(staging, how);
      return new WorkerStaging(pool, staging, how);
    },
    hash(root, jobs) {
      if (jobs.length <= SMALL_FILE_COUNT && bytesOf(jobs) <= SMALL_HASH_BYTES) {
        return here.hash(root, jobs);
      }
      return pool.run((thread) => thread.ask({ kind: "hash", root, jobs }));
    },
    sync(paths, size) {
      const small = size.files <= SMALL_FILE_COUNT && size.bytes <= SMALL_ARCHIVE_BYTES;
      if (small) return here.sync(paths, size);
      return pool.run((thread) => thread.ask({ kind: "sync", paths }));
    },
  };
}

function bytesOf(jobs: readonly HashJob[]): number {
  return jobs.reduce((sum, { stamp }) => sum + stamp.size, 0);
}
