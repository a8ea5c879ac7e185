import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { hasConverged } from "../../src/agent/node_status.ts";
import { StatusBoard } from "../../src/agent/status_board.ts";
import type { HostStatus } from "../../src/host/hosted_machine.ts";
import type { ManagedRecord } from "../../src/sets/managed_records.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { ManagedRecords } from "../../src/sets/managed_records.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { host, hosted, manager, watcher } from "./host_status.ts";

const RECORD: ManagedRecord = {
  manager: "manager",
  checksum: "a".repeat(64),
  verifyChecksum: "b".repeat(64),
  allowUnlisted: [],
  previous: [],
  match: "",
  unmatched: 0,
  since: 0,
};
const SPEC = { version: 3, sha256: "c".repeat(64), verifiedBy: "d".repeat(64) };
const ONE = { name: "one", wanted: true, code: undefined, reason: "it is as the list has it" };

function set(verdicts: readonly unknown[]) {
  return { details: { spec: SPEC, verdicts } };
}

/** A board over a node on which "one" is managed and, unless told otherwise, installed. */
async function board(installed = true) {
  const directory = await temporaryDirectory();
  const records = new ManagedRecords(new DenoFs(), directory.path);
  records.change((all) => all.set("one", RECORD));
  const clock = new FakeClock({ now: 0 });
  const made = new StatusBoard({
    identity: "n1",
    clock,
    records,
    installed: {
      read: (name) =>
        installed && name === "one"
          ? {
            checksum: RECORD.checksum,
            verify: "SHA256SUMS",
            verifyChecksum: RECORD.verifyChecksum,
            executables: [],
            directories: [],
            uid: 0,
            installedAt: 0,
          }
          : undefined,
    },
  });
  return { directory, clock, board: made };
}

Deno.test("StatusBoard.update() reports the list in force and a machine that is well", async () => {
  const { directory, board: made } = await board();
  await using _directory = directory;
  const status = made.update(
    host(manager(set([ONE])), hosted("mm_one", [watcher("archive", {})]), hosted("one", [])),
  );
  deepStrictEqual(status.spec, {
    version: 3,
    revision: 7,
    sha256: SPEC.sha256,
    verified_by: SPEC.verifiedBy,
    code: null,
    reason: null,
  });
  deepStrictEqual(status.machines, [{
    name: "one",
    wanted: true,
    installed: true,
    digest: RECORD.checksum,
    version: "1.0.0",
    state: "RUN",
    code: "ok",
    reason: "well",
    since: "1970-01-01T00:00:00.000Z",
    checked: "1970-01-01T00:00:01.000Z",
  }]);
  strictEqual(hasConverged(status), true);
});

const failed = { result: "failure" as const, code: "checksum", reason: "wrong" };
const problem = { code: "tampered", reason: "changed", attempts: 1, retryAt: undefined };
const keeper = hosted("mm_one", [watcher("archive", {})]);

const WHY: readonly [string, HostStatus, string][] = [
  ["nothing was looked at", host(manager(set([ONE]))), "pending"],
  ["the list holds it", host(manager(set([{ ...ONE, code: "foreign" }])), keeper), "foreign"],
  [
    "its archive failed",
    host(manager(set([ONE])), hosted("mm_one", [watcher("archive", failed)])),
    "checksum",
  ],
  [
    "it does not run",
    host(manager(set([ONE])), keeper, hosted("one", [], { problem })),
    "tampered",
  ],
  [
    "its manager does not run",
    host(manager(set([ONE])), hosted("mm_one", [], { problem })),
    "tampered",
  ],
  [
    "its manager is in maintenance (M8)",
    host(manager(set([ONE])), hosted("mm_one", [watcher("archive", {}, { active: false })])),
    "maintenance",
  ],
  [
    "it is stopped for a repair (A6)",
    host(manager(set([ONE])), keeper, hosted("one", [], { phase: "held", machine: undefined })),
    "held",
  ],
  [
    "the other half runs it",
    host(
      manager(set([ONE])),
      keeper,
      hosted("one", [], { problem: { ...problem, code: "manage_only" } }),
    ),
    "ok",
  ],
];

for (const [name, status, code] of WHY) {
  Deno.test(`StatusBoard.update() says why: ${name}`, async () => {
    const { directory, board: made } = await board();
    await using _directory = directory;
    strictEqual(made.update(status).machines[0]?.code, code);
  });
}

Deno.test("StatusBoard.update() lists what is not for this node, what is unknown and what is somebody's own", async () => {
  const { directory, board: made } = await board();
  await using _directory = directory;
  const status = made.update(host(
    manager(set([
      { name: "away", wanted: false, reason: "its match is false" },
      { name: "unclear", wanted: null, code: "match_error", reason: "no fact" },
    ])),
    hosted("mine", []),
    hosted("manager", [watcher("machines")]),
  ));
  deepStrictEqual(
    status.machines.map(({ name, wanted, installed, code }) => [name, wanted, installed, code]),
    [
      ["away", false, false, "ok"],
      ["mine", null, true, "unmanaged"],
      ["one", null, true, "pending"],
      ["unclear", null, false, "match_error"],
    ],
  );
  strictEqual(hasConverged(status), false);
});

const deployment = (installed: string) => ({ details: { deployment: { installed } } });
const ARCHIVES: readonly [string, boolean, Parameters<typeof watcher>[1], unknown][] = [
  ["its record is not written yet", false, deployment("e".repeat(64)), [true, "e".repeat(64)]],
  ["the record is of the one before", true, deployment("e".repeat(64)), [true, "e".repeat(64)]],
  [
    "a newer one cannot be had",
    true,
    { ...failed, ...deployment("e".repeat(64)) },
    [true, RECORD.checksum],
  ],
  ["nothing is there", false, failed, [false, null]],
];
for (const [name, isRecorded, outcome, expected] of ARCHIVES) {
  Deno.test(`StatusBoard.update() says which archive stands there when ${name}`, async () => {
    const { directory, board: made } = await board(isRecorded);
    await using _directory = directory;
    const { machines } = made.update(
      host(manager(set([ONE])), hosted("mm_one", [watcher("archive", outcome)])),
    );
    deepStrictEqual(machines.map(({ installed, digest }) => [installed, digest])[0], expected);
  });
}

Deno.test("StatusBoard.update() says installed of what runs without a record, as it was admitted", async () => {
  const { directory, board: made } = await board(false);
  await using _directory = directory;
  const { machines } = made.update(host(hosted("one", [])));
  deepStrictEqual(machines.map(({ installed, digest }) => [installed, digest]), [[true, null]]);
});

Deno.test("StatusBoard.update() tells why what the store holds is not in force", async () => {
  const { directory, board: made } = await board();
  await using _directory = directory;
  const absent = { result: "failure" as const, code: "spec_absent", reason: "none" };
  const away = { result: "failure" as const, code: "store_unreachable", reason: "away" };
  const refused = { result: "failure" as const, code: "sig_invalid", reason: "no" };
  const codes = [
    manager(absent, away),
    manager(set([ONE]), away),
    manager(refused),
    manager(absent),
  ]
    .map((hosted) => made.update(host(hosted)).spec.code);
  deepStrictEqual(codes, ["store_unreachable", "store_unreachable", "sig_invalid", "spec_absent"]);
});

Deno.test("StatusBoard.update() says when the list is not looked at for maintenance (M8)", async () => {
  const { directory, board: made } = await board();
  await using _directory = directory;
  const { machine } = manager(set([ONE]));
  const watchers = (machine?.watchers ?? []).map((each) => ({ ...each, active: false }));
  const { spec } = made.update(host(hosted("machine_manager", watchers, { embedded: true })));
  strictEqual(spec.code, "maintenance");
});

Deno.test("StatusBoard.update() keeps what it knew when its files cannot be read (#168)", async () => {
  const { directory, board: made } = await board();
  await using _directory = directory;
  made.update(host(manager(set([ONE])), keeper));
  Deno.removeSync(`${directory.path}/managed.json`);
  Deno.mkdirSync(`${directory.path}/managed.json`);
  const { machines } = made.update(host(manager(set([ONE])), keeper));
  strictEqual(machines[0]?.code, "ok");
});

Deno.test("StatusBoard keeps since when something is so, and forgets states when it stops", async () => {
  const { directory, clock, board: made } = await board();
  await using _directory = directory;
  const good = host(manager(set([ONE])), keeper, hosted("one", []));
  made.update(good);
  await clock.advance(60_000);
  strictEqual(made.update(good).machines[0]?.since, "1970-01-01T00:00:00.000Z");
  const changed = made.update(host(manager(set([ONE])), keeper));
  strictEqual(changed.machines[0]?.since, "1970-01-01T00:01:00.000Z");
  const stopped = made.stop();
  deepStrictEqual(
    stopped.machines.map(({ installed, state }) => [installed, state]),
    [[true, null]],
  );
});
