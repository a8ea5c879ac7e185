import { ROOT } from "./cli.ts";
import { type TemporaryDirectory, temporaryDirectory } from "./temporary.ts";

/** What a story may change, and so has of its own. */
const COPIED = ["examples"];

/** What it only reads. */
const LINKED = ["cli.ts", "deno.json", "deno.lock", "mod.ts", "src"];

/** A checkout of a story's own: the examples are copies, everything else is a link. */
export async function scratchCheckout(): Promise<TemporaryDirectory> {
  const directory = await temporaryDirectory();
  for (const name of LINKED) await Deno.symlink(`${ROOT}/${name}`, `${directory.path}/${name}`);
  for (const name of COPIED) await copyTree(`${ROOT}/${name}`, `${directory.path}/${name}`);
  return directory;
}

async function copyTree(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory, isFile } of Deno.readDir(from)) {
    if (isDirectory && name !== "scratch") await copyTree(`${from}/${name}`, `${to}/${name}`);
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
