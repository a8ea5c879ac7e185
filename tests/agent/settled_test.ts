import { strictEqual } from "node:assert/strict";
import { hasSettled } from "../../src/agent/settled.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import type { HostStatus } from "../../src/host/hosted_machine.ts";
import { sha256 } from "../../src/util/digest.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { host, hosted, manager, watcher } from "./host_status.ts";

const MANIFEST = "name: mm_one\n";
const digest = sha256(new TextEncoder().encode(MANIFEST));
const verdict = (more = {}) => ({
  details: { verdicts: [{ name: "one", wanted: true, reason: "", ...more }] },
});
const done = hosted("mm_one", [watcher("archive", {})], { digest });

const CASES: readonly [string, HostStatus, boolean][] = [
  ["nothing was scanned", { scannedAt: undefined, problem: undefined, machines: [] }, false],
  ["nothing is there", host(), true],
  [
    "the manager starts",
    host(hosted("machine_manager", [], { embedded: true, phase: "starting" })),
    false,
  ],
  ["the list was not looked at", host(manager(undefined)), false],
  ["the machine has no manager yet", host(manager(verdict())), false],
  [
    "the machine was not looked at",
    host(manager(verdict()), hosted("mm_one", [watcher("archive")], { digest })),
    false,
  ],
  ["the machine is installed", host(manager(verdict()), done), true],
  [
    "the machine failed",
    host(
      manager(verdict()),
      hosted("mm_one", [watcher("archive", { result: "failure" })], { digest }),
    ),
    true,
  ],
  ["its manager is an older one", host(manager(verdict()), { ...done, digest: "old" }), false],
  [
    "its manager does not start",
    host(manager(verdict()), hosted("mm_one", [], { phase: "failed" })),
    true,
  ],
  [
    "its manager is in maintenance (M8)",
    host(
      manager(verdict()),
      hosted("mm_one", [watcher("archive", undefined, { active: false })], { digest }),
    ),
    true,
  ],
  [
    "the manager is in maintenance (M8)",
    host(
      hosted("machine_manager", [
        watcher("kv", undefined, { active: false }),
        watcher("machines", undefined, { active: false }),
      ], { embedded: true }),
    ),
    true,
  ],
  ["it is held", host(manager(verdict({ code: "foreign" }))), true],
  ["it is not wanted", host(manager(verdict({ wanted: false }))), true],
  ["a manager of somebody's own starts", host(hosted("mine", [], { phase: "waiting" })), false],
  ["another manager starts", host(hosted("mm_x", [], { phase: "starting" })), true],
  [
    "the store brought something that was not looked at",
    host(
      hosted("machine_manager", [
        watcher("kv", {}, { at: 1_000 }),
        watcher("machines", verdict(), { at: 1_000, pending: true }),
      ], { embedded: true }),
      done,
    ),
    false,
  ],
  [
    "the store brought what was there already",
    host(
      hosted("machine_manager", [
        watcher("kv", {}, { at: 2_000 }),
        watcher("machines", verdict(), { at: 1_000, looks: 1 }),
      ], { embedded: true }),
      done,
    ),
    true,
  ],
  [
    "the store was not asked yet",
    host(
      hosted("machine_manager", [watcher("kv"), watcher("machines", verdict())], {
        embedded: true,
      }),
      done,
    ),
    false,
  ],
  [
    "the store has nothing new",
    host(
      hosted("machine_manager", [
        watcher("kv", { result: "unchanged" }, { at: 2_000 }),
        watcher("machines", verdict(), { at: 1_000, looks: 1 }),
      ], { embedded: true }),
      done,
    ),
    true,
  ],
];

for (const [name, status, expected] of CASES) {
  Deno.test(`hasSettled() is ${expected} when ${name}`, async () => {
    await using directory = await temporaryDirectory();
    Deno.mkdirSync(`${directory.path}/mm_one`);
    Deno.writeTextFileSync(`${directory.path}/mm_one/machine.yaml`, MANIFEST);
    strictEqual(hasSettled(status, { fs: new DenoFs(), machines: directory.path }), expected);
  });
}
