import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import { FsError } from "../../src/ports/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { StoppedWorld } from "../../src/testing/stopped_world.ts";
import { temporaryDirectory } from "../support/temporary.ts";

function work(fs: FaultFs, path: string): void {
  fs.mkdir(`${path}/d`, 0o700);
  {
    using file = fs.create(`${path}/d/f`, 0o600);
    file.write(new Uint8Array(10));
    file.sync();
  }
  fs.syncDirectory(`${path}/d`);
  fs.removeTree(`${path}/d`);
}

Deno.test("FaultFs counts every operation, those of a tree one by one", async () => {
  await using directory = await temporaryDirectory();
  const fs = new FaultFs(new DenoFs());
  work(fs, directory.path);
  deepStrictEqual(fs.trace.map((line) => line.split(" ")[0]), [
    "mkdir",
    "create",
    "write",
    "sync",
    "syncDirectory",
    "lstat",
    "readDir",
    "lstat",
    "remove",
    "remove",
  ]);
  strictEqual(fs.count, 10);
  strictEqual(fs.reached, false);
});

Deno.test("FaultFs stops the world for good, in the middle of a write", async () => {
  await using directory = await temporaryDirectory();
  const fs = new FaultFs(new DenoFs(), { at: 3 });
  throws(() => work(fs, directory.path), StoppedWorld);
  throws(() => fs.lstat(directory.path), StoppedWorld);
  strictEqual(Deno.statSync(`${directory.path}/d/f`).size, 5);
  strictEqual(fs.reached, true);
});

Deno.test("FaultFs fails once, or from there on, with the code it is given", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  const once = new FaultFs(new DenoFs(), { at: 1, fault: "no_space" });
  throws(
    () => once.mkdir(`${path}/a`, 0o700),
    (error) => error instanceof FsError && error.code === "no_space",
  );
  once.mkdir(`${path}/a`, 0o700);
  const sticky = new FaultFs(new DenoFs(), { at: 2, fault: "io", sticky: true });
  sticky.mkdir(`${path}/b`, 0o700);
  for (let i = 0; i < 2; i++) throws(() => sticky.mkdir(`${path}/c`, 0o700), FsError);
  const picky = new FaultFs(new DenoFs(), { at: 1, counts: (operation) => operation === "rename" });
  picky.mkdir(`${path}/d`, 0o700);
  throws(() => picky.rename(`${path}/d`, `${path}/e`), StoppedWorld);
});
