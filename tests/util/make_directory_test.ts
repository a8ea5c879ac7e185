import { strictEqual, throws } from "node:assert/strict";
import { FsError } from "../../src/ports/fs.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { makeDirectory } from "../../src/util/make_directory.ts";
import { temporaryDirectory } from "../support/temporary.ts";

Deno.test("makeDirectory() makes what is missing, and refuses what is no directory", async () => {
  await using directory = await temporaryDirectory();
  const fs = new DenoFs();
  makeDirectory(fs, `${directory.path}/a/b/c`, 0o700);
  makeDirectory(fs, `${directory.path}/a/b/c`, 0o755);
  strictEqual(fs.lstat(`${directory.path}/a/b/c`)?.mode, 0o700);
  await Deno.writeTextFile(`${directory.path}/file`, "");
  await Deno.symlink(`${directory.path}/a`, `${directory.path}/link`);
  for (const name of ["file", "link", "link/x"]) {
    throws(() => makeDirectory(fs, `${directory.path}/${name}`, 0o700), TypeError);
  }
  throws(() => makeDirectory(fs, `${directory.path}/file/x`, 0o700), FsError);
});
