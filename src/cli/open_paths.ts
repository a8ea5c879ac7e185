import { ownUser } from "../deno/node.ts";
import { missingPermissions } from "../deno/permissions.ts";
import type { Fs } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { parentPath } from "../util/join_path.ts";
import { otherReplacer, otherWriter } from "../util/other_writer.ts";

/** A path at which somebody else can put another thing in the place of ours. */
export interface OpenPath {
  /** Absolute. */
  readonly path: string;
  /** Who can, for people. */
  readonly why: string;
}

/** What a node stands on; its settings have it. */
export interface NodePaths {
  /** Absolute path of the machines directory. */
  readonly directory: string;
  /** Absolute paths of the files that options name. */
  readonly files: readonly string[];
}

/** Warns of what a node stands on and others may change, where that is no reason to refuse the start. */
export function tellOpenPaths(node: NodePaths, fs: Pick<Fs, "lstat">, log: Log): void {
  const us = ownUser();
  for (const { path, why } of openParents(fs, node.directory, us)) {
    log.warn("Somebody else may replace the machines directory", { path, why });
  }
  for (const { path, why } of openFiles(fs, node.files, us)) {
    log.warn("Somebody else may change a file that this node trusts", { path, why });
  }
}

/**
 * The directories above `path` in which somebody besides `us` and root may rename what leads to it. Where Deno
 * may not look is not looked: a node needs no right to what is above its directory.
 */
export function openParents(
  fs: Pick<Fs, "lstat">,
  path: string,
  us: number | undefined,
): readonly OpenPath[] {
  const found: OpenPath[] = [];
  for (let parent = parentPath(path); mayLook(parent); parent = parentPath(parent)) {
    const info = fs.lstat(parent);
    const why = info && otherReplacer(info, us);
    if (why !== undefined) found.push({ path: parent, why });
    if (parent === "/" || parent === ".") break;
  }
  return found;
}

/** Of these files, those that somebody besides `us` and root may write. */
export function openFiles(
  fs: Pick<Fs, "lstat">,
  paths: readonly string[],
  us: number | undefined,
): readonly OpenPath[] {
  return paths.filter(mayLook).flatMap((path) => {
    const info = fs.lstat(path);
    const why = info?.kind === "file" ? otherWriter(info, us) : undefined;
    return why === undefined ? [] : [{ path, why }];
  });
}

/** Whether Deno may look at a path without asking anybody. */
export function mayLook(path: string): boolean {
  return missingPermissions([{ kind: "read", value: path, why: "" }]).length === 0;
}
