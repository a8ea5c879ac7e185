import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { ManagedRecords } from "../../src/sets/managed_records.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const record = {
  manager: "manager",
  checksum: "a",
  verifyChecksum: "b",
  allowUnlisted: ["c/"],
  previous: [{ checksum: "0", verifyChecksum: "1", allowUnlisted: [] }],
  match: "",
  unmatched: 0,
  since: 1,
};

Deno.test("ManagedRecords.change() keeps what several managers write, and writes only what is new", async () => {
  await using directory = await temporaryDirectory();
  const state = `${directory.path}/state`;
  const fs = new DenoFs();
  const one = new ManagedRecords(fs, state);
  const other = new ManagedRecords(fs, state);
  one.change((all) => all.set("x", record));
  other.change((all) => all.set("constructor", { ...record, manager: "managers/y" }));
  one.load();
  deepStrictEqual([...one.all.keys()], ["constructor", "x"]);
  deepStrictEqual(one.all.get("x"), record);
  const { ino } = Deno.lstatSync(`${state}/managed.json`);
  one.change((all) => all.set("x", { ...record }));
  strictEqual(Deno.lstatSync(`${state}/managed.json`).ino, ino);
  strictEqual((Deno.lstatSync(`${state}/managed.json`).mode ?? 0) & 0o777, 0o600);
});

Deno.test("ManagedRecords.load() says when the file is damaged or newer, and never writes over a newer one", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/managed.json`;
  const fs = new DenoFs();
  strictEqual(ManagedRecords.load(fs, directory.path).fault, undefined);
  for (
    const [text, fault] of [["", "damaged"], ["[]", "damaged"], ['{"format":2}', "newer"]] as const
  ) {
    Deno.writeTextFileSync(path, text);
    const records = ManagedRecords.load(fs, directory.path);
    strictEqual(records.fault, fault);
    strictEqual(records.all.size, 0);
  }
  throws(() => new ManagedRecords(fs, directory.path).change(() => {}), RangeError);
});

Deno.test("ManagedRecords.load() does not read through a link or a directory", async () => {
  await using directory = await temporaryDirectory();
  const path = `${directory.path}/managed.json`;
  Deno.symlinkSync("/etc/hostname", path);
  throws(() => ManagedRecords.load(new DenoFs(), directory.path), { code: "not_a_file" });
});
