import type { Fs } from "../ports/fs.ts";

/** What {@linkcode syncTrees} needs of a file system. */
export type SyncFs = Pick<Fs, "lstat" | "readDir" | "open" | "syncDirectory">;

/**
 * Makes trees and files durable: the content of every file, then the entries of every directory. What is not there
 * is left out. A generator, so that who must not be blocked can pause between files.
 */
export function* syncTrees(fs: SyncFs, paths: readonly string[]): Generator<void> {
  for (const path of paths) {
    const kind = fs.lstat(path)?.kind;
    if (kind === "directory") {
      yield* syncTrees(fs, fs.readDir(path).map(({ name }) => `${path}/${name}`));
      fs.syncDirectory(path);
    } else if (kind === "file") {
      using file = fs.open(path);
      file.sync();
      yield;
    }
  }
}
