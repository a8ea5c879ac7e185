import type { Fs } from "../ports/fs.ts";
import { KeyError } from "../spec/key_error.ts";
import { parentPath } from "../util/join_path.ts";
import { otherReplacer, otherWriter } from "../util/other_writer.ts";
import { mayLook } from "./open_paths.ts";

/**
 * Refuses a key file that others may write, or put another one in the place of: whoever can change the key decides
 * what runs. Throws KeyError `key_permissions`. A directory that may not be looked at is left unasked.
 */
export function checkKeyFile(fs: Pick<Fs, "lstat">, path: string): void {
  const file = look(fs, path);
  const writer = file?.kind === "file" ? otherWriter(file, undefined) : undefined;
  if (writer !== undefined) refuse(path, writer);
  const parent = parentPath(path);
  const directory = look(fs, parent);
  const replacer = directory && otherReplacer(directory, undefined);
  if (replacer !== undefined) refuse(path, `of its directory, ${replacer}`);
}

/** The permission covers the file, and need not cover what is above it. */
function look(fs: Pick<Fs, "lstat">, path: string) {
  return mayLook(path) ? fs.lstat(path) : undefined;
}

function refuse(path: string, why: string): never {
  throw new KeyError(`Cannot trust key file "${path}": ${why}`, { code: "key_permissions" });
}
