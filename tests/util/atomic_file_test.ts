import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { replaceFile } from "../../src/util/atomic_file.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("replaceFile() creates and replaces, with the mode asked for", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/f`;
  replaceFile(new DenoFs(), path, bytes("one"));
  strictEqual((Deno.statSync(path).mode ?? 0) & 0o7777, 0o600);
  replaceFile(new DenoFs(), path, bytes("two"), { mode: 0o644 });
  strictEqual(Deno.readTextFileSync(path), "two");
  strictEqual((Deno.statSync(path).mode ?? 0) & 0o7777, 0o644);
  deepStrictEqual([...Deno.readDirSync(directory.path)].map(({ name }) => name), ["f"]);
});

Deno.test("replaceFile() leaves the old content or the new one when stopped at any step", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/f`;
  for (const durable of [true, false]) {
    for (let at = 1;; at++) {
      Deno.writeTextFileSync(path, "old");
      const fs = new FaultFs(new DenoFs(), { at });
      if (!throwsAny(() => replaceFile(fs, path, bytes("new"), { durable }))) break;
      strictEqual(["old", "new"].includes(Deno.readTextFileSync(path)), true);
      replaceFile(new DenoFs(), path, bytes("new"));
      deepStrictEqual([...Deno.readDirSync(directory.path)].map(({ name }) => name), ["f"]);
    }
  }
});

Deno.test("replaceFile() removes its stage when it fails", async () => {
  await using directory = await temporaryDirectory();
  for (const operation of ["write", "sync", "rename"]) {
    const fs = new FaultFs(new DenoFs(), {
      at: 1,
      fault: "no_space",
      counts: (name) => name === operation,
    });
    throws(() => replaceFile(fs, `${directory.path}/f`, bytes("x")));
    deepStrictEqual([...Deno.readDirSync(directory.path)], [], operation);
  }
});

function throwsAny(act: () => void): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
