import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { joinPath, parentPath } from "../util/join_path.ts";
import { Latch } from "../util/latch.ts";
import { wakeUps } from "../util/wake_ups.ts";

/** What a bucket in a directory needs of the world. */
export interface DirectoryWorld {
  /** Path of the bucket's directory. */
  readonly path: string;
  /** Files. */
  readonly fs: Fs;
  /** Time. */
  readonly clock: Clock;
  /** Aborts when the store is closed. */
  readonly closed: AbortSignal;
}

/** Options of {@linkcode directoryChanges}. */
export interface DirectoryChangesOptions {
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** Name of the value file. */
  readonly file: string;
}

/** Milliseconds between two looks, for what the notifications miss. */
const LOOK_MS = 5_000;

/**
 * Milliseconds before listening again at a path that was made anew: the runtime drops a listener when it
 * hears late that the directory which stood there before has gone.
 */
const FORGET_MS = 50;

/**
 * Wake-ups for a key of a directory store: the system's notifications as a hint, which can be lost,
 * and a look now and then.
 */
export async function* directoryChanges(
  world: DirectoryWorld,
  options: DirectoryChangesOptions,
): AsyncIterable<void> {
  using scope = new AbortScope(options.signal, world.closed);
  const latch = new Latch();
  const watching = watch(world, options.file, latch, scope.signal);
  try {
    yield* wakeUps(latch, { signal: scope.signal });
  } finally {
    scope.abort();
    await watching;
  }
}

async function watch(
  world: DirectoryWorld,
  file: string,
  latch: Latch,
  signal: AbortSignal,
): Promise<void> {
  const heard = new Latch();
  let seen = fingerprint(world, file);
  let listening: Listening | undefined;
  try {
    while (!signal.aborted) {
      const target = nearest(world);
      if (listening?.ended !== false || listening.target !== target.key) {
        if (listening !== undefined) {
          listening.close();
          await world.clock.sleep(FORGET_MS, { signal });
        }
        listening = target.path === undefined ? undefined : listen(target.path, target.key, heard);
      }
      const now = fingerprint(world, file);
      if (now !== seen) latch.ring();
      seen = now;
      await rungOrLate(heard, world.clock, signal);
    }
  } catch {
    // Aborted: nothing else throws here.
  } finally {
    listening?.close();
  }
}

/** Waits until something was heard, or for {@linkcode LOOK_MS}. */
async function rungOrLate(heard: Latch, clock: Clock, signal: AbortSignal): Promise<void> {
  using scope = new AbortScope(signal);
  const waits = [heard.wait(scope), clock.sleep(LOOK_MS, scope)];
  await Promise.race(waits);
  scope.abort();
  await Promise.allSettled(waits);
}

/** What there is to watch: the bucket, or the directory in which it or its store may appear. */
function nearest({ path, fs }: DirectoryWorld): { path: string | undefined; key: string } {
  const store = parentPath(path);
  for (const each of [path, store, parentPath(store)]) {
    try {
      const info = fs.lstat(each);
      if (info?.kind === "directory") return { path: each, key: `${each} ${info.dev} ${info.ino}` };
    } catch {
      // Not to be seen: look at the next.
    }
  }
  return { path: undefined, key: "" };
}

/** Changes when the value file, its bucket or the right to see them does. */
function fingerprint({ path, fs }: DirectoryWorld, file: string): string {
  try {
    const info = fs.lstat(joinPath(path, file));
    return info === undefined ? "absent" : `${info.ino} ${info.mtimeMs} ${info.size}`;
  } catch (error) {
    return error instanceof Error ? error.message : "error";
  }
}

interface Listening {
  readonly target: string;
  readonly ended: boolean;
  close(): void;
}

function listen(path: string, target: string, heard: Latch): Listening | undefined {
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(path, { recursive: false });
  } catch {
    return undefined;
  }
  let ended = false;
  const close = () => {
    if (ended) return;
    ended = true;
    watcher.close();
  };
  const hear = async () => {
    try {
      for await (const event of watcher) if (event.kind !== "access") heard.ring();
    } catch {
      // The watcher broke: the next look makes another.
    }
    close();
  };
  hear();
  return {
    target,
    get ended() {
      return ended;
    },
    close,
  };
}
