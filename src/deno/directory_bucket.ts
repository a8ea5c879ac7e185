import { FsError } from "../ports/fs.ts";
import {
  type KvBucket,
  type KvChangesOptions,
  KvError,
  type KvGetOptions,
  type KvOptions,
  type KvPutOptions,
  type KvResult,
  type KvRevision,
} from "../ports/kv.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { directoryChanges, type DirectoryWorld } from "./directory_changes.ts";
import { keyFile, kvErrorOf } from "./directory_files.ts";
import { DirectoryKey, type DirectoryStanding } from "./directory_key.ts";
import { lockBucket } from "./directory_lock.ts";

/** Options of {@linkcode DirectoryBucket}. */
export interface DirectoryBucketOptions extends DirectoryWorld {
  /** Largest value in bytes. */
  readonly maxValue: number;
}

/** Looks that may be disturbed by somebody who writes at the same time. */
const ATTEMPTS = 5;

/** A bucket in a directory. Readers need no lock unless they find something unrecorded. */
export class DirectoryBucket implements KvBucket {
  readonly #options: DirectoryBucketOptions;
  readonly #keys = new Map<string, DirectoryKey>();

  constructor(options: DirectoryBucketOptions) {
    this.#options = options;
  }

  get(key: string, options: KvGetOptions = {}): Promise<KvResult> {
    return this.#call("get", key, options, async (signal) => {
      if (!this.#exists()) return { kind: "absent", why: "no_bucket" };
      const { revision, newerThan } = options;
      if (revision !== undefined) return this.#kept(key, revision, signal);
      const standing = await this.#stand(key, newerThan, signal);
      return this.#key(key).newest(standing, newerThan);
    });
  }

  put(key: string, value: Uint8Array, options: KvPutOptions = {}): Promise<number> {
    return this.#call("put", key, options, async (signal) => {
      const { maxValue } = this.#options;
      if (value.length > maxValue) {
        const why = `it has ${value.length} bytes, and the store takes ${maxValue}`;
        throw new KvError(`Cannot put key "${key}": ${why}`, { code: "too_large" });
      }
      return await this.#write(key, value, options.previousRevision, signal);
    });
  }

  delete(key: string, options: KvOptions = {}): Promise<void> {
    return this.#call("delete", key, options, async (signal) => {
      await this.#write(key, undefined, undefined, signal);
    });
  }

  history(key: string, options: KvOptions = {}): Promise<readonly KvRevision[]> {
    return this.#call("list", key, options, async (signal) => {
      this.#mustExist();
      return this.#key(key).history(await this.#stand(key, undefined, signal));
    });
  }

  changes(key: string, options: KvChangesOptions): AsyncIterable<void> {
    return directoryChanges(this.#options, { signal: options.signal, file: keyFile(key) });
  }

  async #call<T>(
    verb: string,
    key: string,
    options: KvOptions,
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const parents = options.signal === undefined ? [] : [options.signal];
    using scope = new AbortScope(this.#options.closed, ...parents);
    try {
      scope.signal.throwIfAborted();
      return await act(scope.signal);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw kvErrorOf(`Cannot ${verb} key "${key}"`, error);
    }
  }

  /** What stands at a key. Something unrecorded may be a write that is going on: wait for it and look again. */
  async #stand(
    key: string,
    known: number | undefined,
    signal: AbortSignal,
  ): Promise<DirectoryStanding> {
    for (let attempt = 1;; attempt++) {
      try {
        const standing = this.#key(key).look(known);
        if (!standing.handmade) return standing;
        using _lock = await lockBucket({ ...this.#options, signal });
        return this.#key(key).look(known);
      } catch (error) {
        if (attempt === ATTEMPTS || !isMoved(error) || !this.#exists()) throw error;
      }
    }
  }

  async #kept(key: string, revision: number, signal: AbortSignal): Promise<KvResult> {
    const history = this.#key(key).history(await this.#stand(key, undefined, signal));
    const found = history.find((each) => each.revision === revision);
    if (found === undefined) return { kind: "absent", why: "no_key" };
    if (found.value === undefined) return { kind: "absent", why: "deleted", revision };
    return { kind: "value", value: found.value, revision, time: found.time };
  }

  async #write(
    key: string,
    value: Uint8Array | undefined,
    previous: number | undefined,
    signal: AbortSignal,
  ): Promise<number> {
    this.#mustExist();
    using _lock = await lockBucket({ ...this.#options, signal });
    return this.#key(key).write(value, previous);
  }

  #key(name: string): DirectoryKey {
    const known = this.#keys.get(name);
    if (known !== undefined) return known;
    const { path, fs, clock, maxValue } = this.#options;
    const key = new DirectoryKey(name, { path, fs, maxValue, now: () => clock.now() });
    this.#keys.set(name, key);
    return key;
  }

  #exists(): boolean {
    return this.#options.fs.lstat(this.#options.path)?.kind === "directory";
  }

  #mustExist(): void {
    if (this.#exists()) return;
    const { path } = this.#options;
    throw new KvError(`Cannot use bucket "${path}": it does not exist`, { code: "no_bucket" });
  }
}

/** Whether a file was replaced between two steps of a look. */
function isMoved(error: unknown): boolean {
  return error instanceof FsError && (error.code === "not_found" || error.code === "not_a_file");
}
