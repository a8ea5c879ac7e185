import type { Log } from "../ports/log.ts";
import type { InstallRequest } from "../ports/installer.ts";
import { BufferPool } from "../util/buffer_pool.ts";
import { sha256 } from "../util/digest.ts";
import { type ArchiveCache, MIN_RESUME_BYTES } from "./cache.ts";
import { type Download, type DownloadWorld, openDownload } from "./download.ts";
import { ArchiveError } from "./errors.ts";
import { limitsFor } from "./limits.ts";
import { parseSource, showUrl, type Source } from "./source.ts";
import type { StagedTree, Staging } from "./staging.ts";
import { TOTAL_MS } from "./watchdog.ts";

/** What {@linkcode fetchArchive} works with. */
export interface FetchArchiveWorld extends DownloadWorld {
  /** Archives that are here already. */
  readonly cache: ArchiveCache;
  /** The log. */
  readonly log: Log;
}

/** What is known of an archive before its bytes come. */
export interface StageHow {
  /** Bytes that it will have, when that is known. */
  readonly bytes?: number;
  /** Where its bytes are kept as they come. */
  readonly part?: string;
  /** Takes the buffers of bytes that were used. */
  readonly buffers?: BufferPool;
}

/** Options of {@linkcode fetchArchive}. */
export interface FetchArchiveOptions {
  /** Abandons it. */
  readonly signal: AbortSignal;
  /** Opens an empty stage for an archive of so many bytes, when that is known; what an earlier try left is removed. */
  readonly stage: (how: StageHow) => Staging;
  /** Runs a download from `host` when its turn comes. Default: at once. */
  readonly turn?: <T>(host: string, download: () => Promise<T>) => Promise<T>;
  /** Called now and then while bytes arrive. */
  readonly onProgress?: (done: number, total: number | undefined) => void;
}

/** A verified tree in its stage, and what it cost. */
export interface FetchedArchive {
  /** The tree. */
  readonly tree: StagedTree;
  /** Bytes downloaded; 0 when the cache had them. */
  readonly downloaded: number;
  /** The archive itself, when it is so small that whoever installs it keeps it later. */
  readonly archive?: Uint8Array;
}

/**
 * Gets an archive from the cache, else from the first source that has the right bytes, into a stage. Throws the
 * {@linkcode ArchiveError} of the first source when none has; an archive whose digest is right and whose content is refused ends it at once.
 */
export async function fetchArchive(
  world: FetchArchiveWorld,
  request: InstallRequest,
  options: FetchArchiveOptions,
): Promise<FetchedArchive> {
  const cached = await fromCache(world, request, options);
  if (cached !== undefined) return { tree: cached, downloaded: 0 };
  return await new Fetching(world, request, options).run();
}

/** Undefined when the cache has nothing right. */
async function fromCache(
  world: FetchArchiveWorld,
  request: InstallRequest,
  options: FetchArchiveOptions,
): Promise<StagedTree | undefined> {
  const path = world.cache.find(request.checksum);
  if (path === undefined) return undefined;
  options.signal.throwIfAborted();
  try {
    await using staging = options.stage({ bytes: world.cache.size(request.checksum) });
    await staging.readFrom(path);
    return await staging.finish();
  } catch (error) {
    const rotten = error instanceof ArchiveError &&
      (error.code === "checksum" || error.code === "too_large");
    if (!rotten) throw error;
    world.log.warn("A cached archive was not what its name says and is removed", {
      checksum: request.checksum,
    });
    world.cache.drop(request.checksum);
    return undefined;
  }
}

/** An error that another source may not have. */
class SourceFailure extends Error {
  override readonly cause: ArchiveError;

  constructor(cause: ArchiveError) {
    super(cause.message);
    this.cause = cause;
  }
}

class Fetching {
  readonly #world: FetchArchiveWorld;
  readonly #request: InstallRequest;
  readonly #options: FetchArchiveOptions;
  /** When all of it must be here, from the first turn on: waiting for it does not count. */
  #deadline: number | undefined;
  readonly #buffers = new BufferPool();

  constructor(world: FetchArchiveWorld, request: InstallRequest, options: FetchArchiveOptions) {
    this.#world = world;
    this.#request = request;
    this.#options = options;
  }

  async run(): Promise<FetchedArchive> {
    let first: ArchiveError | undefined;
    for (const text of this.#request.sources) {
      try {
        const source = this.#parse(text);
        const download = () => {
          this.#deadline ??= this.#world.clock.monotonic() + (this.#request.timeoutMs ?? TOTAL_MS);
          return this.#from(source);
        };
        const { turn } = this.#options;
        return await (turn === undefined ? download() : turn(source.url.host, download));
      } catch (error) {
        this.#options.signal.throwIfAborted();
        const failure = error instanceof SourceFailure ? error.cause : undefined;
        if (failure === undefined) throw error;
        first ??= failure;
        if (this.#request.sources.length > 1) {
          this.#world.log.warn("A source of an archive is no good", {
            code: "mirror_bad",
            why: failure.code,
            reason: failure.message,
          });
        }
      }
    }
    throw first ?? new TypeError("Cannot fetch archive: it has no source");
  }

  #parse(text: string): Source {
    const { credentials, allowHosts, sources } = this.#request;
    const main = sources[0] ?? "";
    return asSourceFailure(() =>
      parseSource(text, {
        ...(credentials !== undefined && { credentials }),
        ...(URL.canParse(main) && { origin: new URL(main).origin }),
        ...(allowHosts !== undefined && { allowHosts }),
      })
    );
  }

  async #from(source: Source): Promise<FetchedArchive> {
    const { cache } = this.#world;
    const { checksum } = this.#request;
    const resume = cache.resumable(checksum, sha256(source.url.href));
    try {
      return await this.#attempt(source, resume);
    } catch (error) {
      const torn = resume !== undefined && error instanceof SourceFailure &&
        error.cause.code === "checksum";
      if (!torn) throw error;
      // What an earlier download left was not what it should be: once more, all of it.
      return await this.#attempt(source, undefined);
    }
  }

  async #attempt(
    source: Source,
    resume: ReturnType<ArchiveCache["resumable"]>,
  ): Promise<FetchedArchive> {
    const { cache, clock, fetch } = this.#world;
    const { checksum, size, allowHosts } = this.#request;
    await using download = await asSourceFailureAsync(() =>
      openDownload(source, {
        clock,
        fetch,
        signal: this.#options.signal,
        limit: limitsFor(size).archiveBytes,
        timeoutMs: Math.max(0, (this.#deadline ?? 0) - clock.monotonic()),
        ...(size !== undefined && { size }),
        ...(allowHosts !== undefined && { allowHosts }),
        ...(resume !== undefined && { resume }),
        buffers: this.#buffers,
      })
    );
    const { total, offset, validators } = download.answer;
    const small = total !== undefined && total < MIN_RESUME_BYTES;
    const part = small ? undefined : cache.part(checksum, total ?? size);
    if (offset === 0 && !small) cache.dropPart(checksum);
    const resumable = validators.etag !== undefined || validators.lastModified !== undefined;
    if (part !== undefined && resumable && offset === 0) {
      cache.notePart(checksum, { source: sha256(source.url.href), validators });
    }
    let keep = false;
    try {
      const fetched = await this.#stage(download, {
        part,
        small,
        shown: showUrl(source.url),
      });
      if (part !== undefined) cache.keepPart(checksum);
      keep = true;
      return fetched;
    } catch (error) {
      // A broken connection leaves something to go on from; wrong bytes and a full disk do not.
      keep = resumable && (this.#options.signal.aborted || isBroken(error));
      throw error;
    } finally {
      if (!keep && part !== undefined) cache.dropPart(checksum);
    }
  }

  async #stage(
    download: Download,
    how: {
      readonly part: string | undefined;
      readonly small: boolean;
      readonly shown: string;
    },
  ): Promise<FetchedArchive> {
    const { total, offset, contentType } = download.answer;
    const { part } = how;
    const expected = total ?? this.#request.size;
    await using staging = this.#options.stage({
      ...(expected !== undefined && { bytes: expected }),
      buffers: this.#buffers,
      ...(part !== undefined && { part }),
    });
    if (offset > 0 && part !== undefined) await staging.readFrom(part);
    let downloaded = 0;
    const kept = how.small && total !== undefined ? new Uint8Array(total) : undefined;
    const chunks = download.chunks()[Symbol.asyncIterator]();
    for (;;) {
      const next = await asSourceFailureAsync(() => chunks.next());
      if (next.done === true) break;
      kept?.set(next.value, downloaded);
      downloaded += next.value.length;
      const { buffer } = next.value;
      await staging.write(next.value);
      this.#buffers.give(buffer);
      this.#options.onProgress?.(offset + downloaded, total);
    }
    try {
      const tree = await staging.finish();
      return { tree, downloaded, ...(kept !== undefined && { archive: kept }) };
    } catch (error) {
      if (!(error instanceof ArchiveError) || error.code !== "checksum") throw error;
      const type = contentType === "" ? "" : ` (content-type "${contentType.slice(0, 80)}")`;
      const message = `Cannot use archive from "${how.shown}"${type}: ${afterColon(error.message)}`;
      throw new SourceFailure(new ArchiveError(message, { code: "checksum" }));
    }
  }
}

function isBroken(error: unknown): boolean {
  return error instanceof SourceFailure &&
    ["truncated", "slow", "timeout", "unreachable"].includes(error.cause.code);
}

function afterColon(message: string): string {
  return message.slice(message.indexOf(": ") + 2);
}

function asSourceFailure<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw error instanceof ArchiveError ? new SourceFailure(error) : error;
  }
}

async function asSourceFailureAsync<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    throw error instanceof ArchiveError ? new SourceFailure(error) : error;
  }
}
