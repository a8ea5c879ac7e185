import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { ManagedAdmission } from "../../src/agent/managed_admission.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import type { CheckReport } from "../../src/ports/installer.ts";
import { ManagedRecords } from "../../src/sets/managed_records.ts";
import { managerManifest } from "../../src/sets/manager_manifest.ts";
import { parseEntryForTest } from "./entry.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();
const { signal } = new AbortController();
const entry = parseEntryForTest();

async function fixture() {
  const directory = await temporaryDirectory();
  const machines = directory.path;
  const state = `${machines}/.machinist`;
  Deno.mkdirSync(state, { mode: 0o700 });
  const records = new ManagedRecords(fs, state);
  records.change((all) =>
    all.set(entry.name, {
      manager: "manager",
      checksum: entry.checksum,
      verifyChecksum: entry.verifyChecksum,
      allowUnlisted: [],
      previous: [{
        checksum: "c".repeat(64),
        verifyChecksum: "d".repeat(64),
        allowUnlisted: [],
      }],
      match: "",
      unmatched: 0,
      since: 0,
    })
  );
  const manifest = managerManifest(entry, { target: machines, intervalMs: 60_000 });
  Deno.mkdirSync(`${machines}/mm_${entry.name}`);
  const file = `${machines}/mm_${entry.name}/machine.yaml`;
  Deno.writeTextFileSync(file, manifest);
  let before: CheckReport | undefined;
  let report: CheckReport = { result: "verified", differences: [], files: 1, hashed: 0 };
  const asked: string[] = [];
  const nudged: string[] = [];
  let installed: string | undefined;
  const make = (role: "all" | "manage" | "host" = "all") =>
    new ManagedAdmission({
      machines,
      records,
      fs,
      role,
      onTampered: (keeper) => nudged.push(keeper),
      installed: {
        read: () =>
          installed === undefined ? undefined : {
            checksum: installed,
            verify: "SHA256SUMS",
            verifyChecksum: entry.verifyChecksum,
            executables: [],
            directories: [],
            uid: 0,
            installedAt: 0,
          },
      },
      installer: {
        check: (request) => {
          asked.push(`${request.creates} ${request.verifyChecksum}`);
          const isOld = request.verifyChecksum !== entry.verifyChecksum;
          return Promise.resolve(isOld ? before ?? report : report);
        },
      },
    });
  return {
    directory,
    state,
    file,
    manifest,
    asked,
    nudged,
    make,
    set installed(value: string) {
      installed = value;
    },
    admit: (name: string) => make().admit(name, { signal }),
    set report(value: CheckReport) {
      report = value;
    },
    set before(value: CheckReport) {
      before = value;
    },
  };
}

Deno.test("ManagedAdmission.admit() admits what nobody manages, without looking at it", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  deepStrictEqual(await set.admit("homemade"), { ok: true });
  deepStrictEqual(set.asked, []);
});

Deno.test("ManagedAdmission.admit() admits a managed machine only as it was signed (I2, #172, #173)", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  deepStrictEqual(await set.admit("facts"), { ok: true });
  deepStrictEqual(set.asked, [`facts ${entry.verifyChecksum}`]);
  set.report = {
    result: "different",
    differences: [{ path: "run.sh", kind: "changed" }],
    files: 1,
    hashed: 1,
  };
  deepStrictEqual(await set.admit("facts"), {
    ok: false,
    code: "tampered",
    reason: 'it is not what was signed: changed "run.sh"',
    stops: true,
  });
  deepStrictEqual(set.nudged, ["mm_facts"]);
  set.before = { result: "verified", differences: [], files: 1, hashed: 1 };
  deepStrictEqual(await set.admit("facts"), { ok: true }, "what was signed before it");
  set.report = { result: "absent", differences: [], files: 0, hashed: 0 };
  const absent = await set.admit("facts");
  deepStrictEqual([!absent.ok && absent.code, !absent.ok && absent.stops], ["absent", undefined]);
  deepStrictEqual(set.nudged, ["mm_facts", "mm_facts"]);
});

Deno.test("ManagedAdmission.admit() admits what was signed before only until the newest is installed", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  set.report = {
    result: "different",
    differences: [{ path: "run.sh", kind: "changed" }],
    files: 1,
    hashed: 1,
  };
  set.before = { result: "verified", differences: [], files: 1, hashed: 1 };
  set.installed = "c".repeat(64);
  deepStrictEqual(await set.admit("facts"), { ok: true });
  set.installed = entry.checksum;
  const verdict = await set.admit("facts");
  deepStrictEqual([!verdict.ok && verdict.code, set.nudged], ["tampered", ["mm_facts"]]);
});

Deno.test("ManagedAdmission.admit() stops nothing over what it cannot read (#168)", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  set.report = {
    result: "different",
    differences: [{ path: "run.sh", kind: "unreadable" }],
    files: 1,
    hashed: 0,
  };
  deepStrictEqual(await set.admit("facts"), {
    ok: false,
    code: "disk",
    reason: 'it cannot be compared with what was signed: unreadable "run.sh"',
  });
  deepStrictEqual(set.nudged, []);
});

const TAMPERED: readonly [string, (text: string) => string][] = [
  ["another checksum", (text) => text.replace(/ checksum: .*/, ` checksum: ${"0".repeat(64)}`)],
  ["another target", (text) => text.replace(/target: .*/, "target: /etc")],
  ["another directory", (text) => text.replace("creates: facts", "creates: other")],
  ["another type", (text) => text.replace("type: archive", "type: exec")],
  [
    "one more watcher",
    (text) => `${text}  - { name: more, type: exec, properties: { command: id } }\n`,
  ],
  ["no YAML", () => "{"],
];

for (const [name, change] of TAMPERED) {
  Deno.test(`ManagedAdmission.admit() refuses a manager machine with ${name}`, async () => {
    const set = await fixture();
    await using _directory = set.directory;
    deepStrictEqual(await set.admit("mm_facts"), { ok: true });
    const changed = change(set.manifest);
    strictEqual(changed === set.manifest, false);
    Deno.writeTextFileSync(set.file, changed);
    const verdict = await set.admit("mm_facts");
    deepStrictEqual([!verdict.ok && verdict.code, !verdict.ok && verdict.stops], [
      "tampered",
      true,
    ]);
    deepStrictEqual(set.nudged, ["machine_manager"]);
  });
}

Deno.test("ManagedAdmission.admit() keeps each half of a node to its own", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  const codes = async (role: "manage" | "host") => {
    const verdicts = await Promise.all(
      ["facts", "mm_facts"].map((name) => set.make(role).admit(name, { signal })),
    );
    return verdicts.map((verdict) => verdict.ok ? "ok" : verdict.code);
  };
  deepStrictEqual(await codes("manage"), ["manage_only", "ok"]);
  deepStrictEqual(await codes("host"), ["ok", "host_only"]);
});

Deno.test("ManagedAdmission.admit() admits nothing while the disk fails (#168)", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  Deno.removeSync(`${set.state}/managed.json`);
  Deno.mkdirSync(`${set.state}/managed.json`);
  const verdict = await set.admit("facts");
  strictEqual(!verdict.ok && verdict.code, "disk");
});

Deno.test("ManagedAdmission.admit() admits nothing while the records cannot be read (#177)", async () => {
  const set = await fixture();
  await using _directory = set.directory;
  Deno.writeTextFileSync(`${set.state}/managed.json`, "{");
  const verdict = await set.admit("facts");
  strictEqual(!verdict.ok && verdict.code, "records");
});
