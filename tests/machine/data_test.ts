import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { MachineData, MAX_DATA_BYTES } from "../../src/machine/data.ts";
import { FsError } from "../../src/ports/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { temporaryDirectory } from "../support/temporary.ts";

async function fixture() {
  const directory = await temporaryDirectory();
  const path = `${directory.path}/machine_data.json`;
  const aside = `${directory.path}/aside/m-machine_data.json`;
  const log = new MemoryLog();
  const open = (fs = new FaultFs(new DenoFs())) => {
    const data = new MachineData({ path, aside, fs, log });
    data.load();
    return data;
  };
  return {
    path,
    aside,
    log,
    open,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

Deno.test("MachineData.put() stores, replaces and drops keys, durably and only for the owner", async () => {
  await using f = await fixture();
  const data = f.open();
  deepStrictEqual(data.all, {});
  deepStrictEqual(data.put({ a: 1, b: { c: [null] } }), ["a", "b"]);
  deepStrictEqual(data.put({ a: 2, b: undefined, absent: undefined }), ["a", "b"]);
  deepStrictEqual(f.open().all, { a: 2 });
  strictEqual(((await Deno.stat(f.path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("MachineData.put() writes nothing when nothing changes", async () => {
  await using f = await fixture();
  f.open().put({ a: { b: 1, c: 2 } });
  const fs = new FaultFs(new DenoFs());
  const data = f.open(fs);
  const before = fs.count;
  deepStrictEqual(data.put({ a: { c: 2, b: 1 }, gone: undefined }), []);
  strictEqual(fs.count, before);
});

Deno.test("MachineData.put() keeps what it hands out and takes in apart", async () => {
  await using f = await fixture();
  const data = f.open();
  const value = { list: [1] };
  data.put({ value });
  const before = data.all;
  value.list.push(2);
  data.put({ other: true });
  deepStrictEqual(before, { value: { list: [1] } });
  deepStrictEqual(data.all, { value: { list: [1] }, other: true });
});

Deno.test("MachineData.load() takes a missing file and null for no data", async () => {
  await using f = await fixture();
  await Deno.writeTextFile(f.path, "null");
  const data = f.open();
  deepStrictEqual(data.all, {});
  data.put({ a: 1 });
  deepStrictEqual(f.open().all, { a: 1 });
  deepStrictEqual(f.log.entries, []);
});

Deno.test("MachineData.load() sets aside what it cannot use, with a warning", async () => {
  for (const bad of ['{"a": 1', "[]", '"text"', "\xff", ""]) {
    await using f = await fixture();
    await Deno.writeFile(f.path, Uint8Array.from(bad, (c) => c.charCodeAt(0)));
    const data = f.open();
    deepStrictEqual(data.all, {});
    deepStrictEqual(f.log.entries.map((entry) => entry.level), ["warn"], bad);
    strictEqual((await Deno.readFile(f.aside)).length, bad.length);
    data.put({ a: 1 });
    deepStrictEqual(f.open().all, { a: 1 });
  }
});

Deno.test("MachineData.load() follows no link and reads no directory", async () => {
  await using f = await fixture();
  await Deno.writeTextFile(`${f.path}.other`, '{"secret":1}');
  await Deno.symlink(`${f.path}.other`, f.path);
  deepStrictEqual(f.open().all, {});
  strictEqual(await Deno.readTextFile(`${f.path}.other`), '{"secret":1}');
  await Deno.mkdir(f.path);
  deepStrictEqual(f.open().all, {});
});

Deno.test("MachineData.load() sets aside a file that is too large", async () => {
  await using f = await fixture();
  await Deno.writeFile(f.path, new Uint8Array(MAX_DATA_BYTES + 1).fill(0x20));
  deepStrictEqual(f.open().all, {});
  strictEqual((await Deno.stat(f.aside)).size, MAX_DATA_BYTES + 1);
});

Deno.test("MachineData.load() sets aside across file systems too", async () => {
  await using f = await fixture();
  await Deno.writeTextFile(f.path, "broken");
  const fs = new FaultFs(new DenoFs(), {
    at: 1,
    fault: "cross_device",
    counts: (operation) => operation === "rename",
  });
  deepStrictEqual(f.open(fs).all, {});
  strictEqual(await Deno.readTextFile(f.aside), "broken");
  deepStrictEqual(f.log.entries.map((entry) => entry.level), ["warn"]);
});

Deno.test("MachineData.load() goes on when what it cannot use cannot be set aside", async () => {
  await using f = await fixture();
  await Deno.writeTextFile(f.path, "broken");
  const fs = new FaultFs(new DenoFs(), {
    at: 1,
    fault: "denied",
    counts: (operation) => operation === "mkdir",
  });
  deepStrictEqual(f.open(fs).all, {});
  deepStrictEqual(f.log.entries.map((entry) => entry.level), ["error"]);
});

Deno.test("MachineData.put() refuses more than the limit and keeps what is there", async () => {
  await using f = await fixture();
  const data = f.open();
  data.put({ a: 1 });
  throws(() => data.put({ big: "x".repeat(MAX_DATA_BYTES) }), RangeError);
  deepStrictEqual(data.all, { a: 1 });
});

Deno.test("MachineData.put() leaves memory and file as they are when the disk fails (#167)", async () => {
  await using f = await fixture();
  f.open().put({ a: 1 });
  for (let at = 1;; at++) {
    const fs = new FaultFs(new DenoFs(), {
      at,
      fault: "no_space",
      counts: (operation) => !["lstat", "open", "read", "stat", "close"].includes(operation),
    });
    const data = f.open(fs);
    try {
      data.put({ a: 1 + at });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const kept = f.open().all;
      // A failure after the rename leaves the new value on the disk, never half of one.
      strictEqual(kept["a"] === 1 || kept["a"] === 1 + at, true);
      f.open().put({ a: 1 });
      continue;
    }
    deepStrictEqual(f.open().all, { a: 1 + at });
    break;
  }
});
