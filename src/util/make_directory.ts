import { parentPath } from "./join_path.ts";

/** What {@linkcode makeDirectory} needs of a file system; `Fs` has it. */
export interface MakeDirectoryFs {
  /** What stands at `path`, links not followed. */
  lstat(path: string): { readonly kind: string } | undefined;
  /** Makes one directory; fails when something stands there. */
  mkdir(path: string, mode: number): void;
}

/** Makes a directory, and those above it that are missing, with `mode`. What stands already must be a real directory. */
export function makeDirectory(fs: MakeDirectoryFs, path: string, mode: number): void {
  const info = fs.lstat(path);
  if (info?.kind === "directory") return;
  if (info !== undefined) {
    throw new TypeError(`Cannot make directory "${path}": a ${info.kind} stands there`);
  }
  const parent = parentPath(path);
  if (parent !== path && parent !== "/" && parent !== ".") makeDirectory(fs, parent, mode);
  fs.mkdir(path, mode);
}
