import { ROOT } from "./cli.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary.ts";

/** What examples are made of. Copies: Deno wants a right of its own for what it reads through a link. */
const COPIED = ["cli.ts", "deno.json", "deno.lock", "examples", "mod.ts", "src"];

/** A checkout of a story's own, in which it may change and add files. */
export async function scratchCheckout(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  for (const name of COPIED) await copy(`${ROOT}/${name}`, `${directory.path}/${name}`);
  return directory;
}

async function copy(from: string, to: string): Promise<void> {
  const { isDirectory } = await Deno.lstat(from);
  if (!isDirectory) return await Deno.copyFile(from, to);
  await Deno.mkdir(to);
  for await (const { name, isSymlink } of Deno.readDir(from)) {
    if (name !== "scratch" && !isSymlink) await copy(`${from}/${name}`, `${to}/${name}`);
  }
}
