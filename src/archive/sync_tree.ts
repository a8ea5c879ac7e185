import type { Fs } from "../ports/fs.ts";

/** What {@linkcode syncTree} needs of a file system. */
export type SyncFs = Pick<Fs, "readDir" | "open" | "syncDirectory">;

/** Makes a tree durable somewhere: here, or in a worker. */
export type SyncTree = (root: string) => Promise<void>;

/**
 * Makes a tree durable: the content of every file, then the entries of every directory. A generator, so that who
 * must not be blocked can pause between files.
 */
export function* syncTree(fs: SyncFs, root: string): Generator<void> {
  for (const { name, kind } of fs.readDir(root)) {
    const path = `${root}/${name}`;
    if (kind === "directory") yield* syncTree(fs, path);
    if (kind === "file") {
      using file = fs.open(path);
      file.sync();
      yield;
    }
  }
  fs.syncDirectory(root);
}
