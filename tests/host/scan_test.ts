import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { isMachineDirectory, Scanner } from "../../src/host/scan.ts";
import { MAX_MANIFEST_BYTES } from "../../src/machine/manifest.ts";
import { FsError } from "../../src/ports/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { world } from "../machine/harness.ts";
import { manifest } from "./harness.ts";

Deno.test("isMachineDirectory() takes and skips what the reference's loader does", () => {
  const cases: [string, "file" | "directory" | "link" | "other", boolean][] = [
    ["facts", "directory", true],
    ["mm_facts", "directory", true],
    ["tmp2", "directory", true],
    ["tmp", "directory", false],
    [".machinist", "directory", false],
    ["facts-temp", "directory", false],
    ["facts", "link", false],
    ["facts", "file", false],
    ["facts", "other", false],
  ];
  for (const [name, kind, taken] of cases) {
    strictEqual(isMachineDirectory({ name, kind }), taken, `${kind} ${name}`);
  }
});

Deno.test("Scanner.scan() tells what each directory holds", async () => {
  await using it = await world();
  const put = async (name: string, text: string) => {
    await Deno.mkdir(`${it.path}/${name}`, { recursive: true });
    await Deno.writeTextFile(`${it.path}/${name}/machine.yaml`, text);
  };
  await put("good", manifest("good"));
  await put("bad", "name: [");
  await put("huge", "#".repeat(MAX_MANIFEST_BYTES + 1));
  await Deno.mkdir(`${it.path}/empty`);
  await Deno.mkdir(`${it.path}/odd/machine.yaml`, { recursive: true });
  await Deno.mkdir(`${it.path}/linked`);
  await Deno.symlink(`${it.path}/good/machine.yaml`, `${it.path}/linked/machine.yaml`);
  const scanner = new Scanner({ fs: it.ports.fs, directory: it.path });
  const found = scanner.scan().map((scanned) =>
    `${scanned.directory} ${scanned.kind} ${"code" in scanned ? scanned.code : ""}`.trim()
  );
  deepStrictEqual(found, [
    "bad broken manifest_yaml",
    "empty empty",
    "good machine",
    "huge broken manifest_text",
    "linked broken manifest_text",
    "odd broken manifest_text",
  ]);
});

Deno.test("Scanner.scan() reads a manifest only when its file has changed", async () => {
  await using it = await world();
  await Deno.mkdir(`${it.path}/a`);
  await Deno.writeTextFile(`${it.path}/a/machine.yaml`, manifest("a"));
  let opened = 0;
  const fs = new FaultFs(it.ports.fs, {
    counts: (operation) => {
      if (operation === "open") opened++;
      return false;
    },
  });
  const scanner = new Scanner({ fs, directory: it.path });
  const [first] = scanner.scan();
  strictEqual(scanner.scan()[0], first);
  strictEqual(opened, 1);
  await Deno.writeTextFile(`${it.path}/a/machine.yaml`, manifest("a", ["x"]));
  strictEqual(scanner.scan()[0] === first, false);
  strictEqual(opened, 2);
});

Deno.test("Scanner.scan() does not know what it cannot read, and throws when it is all (#168)", async () => {
  await using it = await world();
  await Deno.mkdir(`${it.path}/a`);
  await Deno.writeTextFile(`${it.path}/a/machine.yaml`, manifest("a"));
  const failing = (operation: string) =>
    new FaultFs(it.ports.fs, { at: 1, fault: "io", counts: (name) => name === operation });
  for (const operation of ["lstat", "open"]) {
    const scanner = new Scanner({ fs: failing(operation), directory: it.path });
    const [first] = scanner.scan();
    deepStrictEqual([first?.kind, first?.kind === "unknown" && first.code], ["unknown", "io"]);
    strictEqual(scanner.scan()[0]?.kind, "machine");
  }
  const scanner = new Scanner({ fs: failing("readDir"), directory: it.path });
  throws(() => scanner.scan(), FsError);
});
