import { strictEqual, throws } from "node:assert/strict";
import { AgentError, type AgentErrorCode } from "../../src/agent/agent_error.ts";
import {
  prepareDirectories,
  refuseOpenDirectories,
  takeLock,
} from "../../src/agent/directories.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();

function refuses(code: AgentErrorCode, act: () => unknown): void {
  throws(act, (error: unknown) => error instanceof AgentError && error.code === code);
}

function mode(path: string): number {
  return (Deno.statSync(path).mode ?? 0) & 0o7777;
}

Deno.test("prepareDirectories() makes both for their owner alone, and closes an open state directory (#169)", async () => {
  await using directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  const state = `${machines}/.machinist`;
  prepareDirectories(fs, { machines, state });
  strictEqual(mode(machines), 0o700);
  strictEqual(mode(state), 0o700);
  Deno.chmodSync(machines, 0o755);
  Deno.chmodSync(state, 0o755);
  prepareDirectories(fs, { machines, state });
  strictEqual(mode(machines), 0o755);
  strictEqual(mode(state), 0o700);
});

Deno.test("prepareDirectories() refuses a file, a link and a place that is not there (#169)", async () => {
  await using directory = await temporaryDirectory();
  const { path } = directory;
  Deno.writeTextFileSync(`${path}/file`, "");
  Deno.mkdirSync(`${path}/real`);
  Deno.symlinkSync(`${path}/real`, `${path}/link`);
  for (const machines of [`${path}/file`, `${path}/link`, `${path}/none/machines`]) {
    refuses("directory", () => prepareDirectories(fs, { machines, state: `${path}/state` }));
  }
});

Deno.test("prepareDirectories() takes what the other half of the node has just made", async () => {
  await using directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  const state = `${machines}/.machinist`;
  const other = new FaultFs(fs);
  // Between the look and the making, the other half is there first.
  const mkdir = other.mkdir.bind(other);
  other.mkdir = (path, mode) => {
    mkdir(path, mode);
    mkdir(path, mode);
  };
  prepareDirectories(other, { machines, state });
  strictEqual(mode(state), 0o700);
});

const OPEN: readonly [string, (path: string) => void, boolean][] = [
  ["nobody else may write (#169, M10)", () => {}, true],
  ["all may read (#169, M10)", (path) => Deno.chmodSync(path, 0o755), true],
  ["everybody may write (#169, M10)", (path) => Deno.chmodSync(path, 0o757), false],
  ["everybody may write, sticky (#169, M10)", (path) => Deno.chmodSync(path, 0o1777), false],
  ["another group may write (#169, M10)", (path) => {
    Deno.chmodSync(path, 0o775);
    if (Deno.uid() === 0) Deno.chownSync(path, 0, 65_534);
  }, false],
  ["another user owns (#169, M10)", (path) => Deno.chownSync(path, 65_534, 65_534), false],
];

for (const [what, open, good] of OPEN) {
  Deno.test({
    name: `refuseOpenDirectories() ${good ? "takes" : "refuses"} what ${what}`,
    // Only root can give things away; a user has a group of its own, and that is no other.
    ignore: Deno.uid() !== 0 && /another/.test(what),
    fn: async () => {
      for (const which of ["machines", "state"] as const) {
        await using directory = await temporaryDirectory();
        const machines = `${directory.path}/machines`;
        const state = `${machines}/.machinist`;
        prepareDirectories(fs, { machines, state });
        open(which === "machines" ? machines : state);
        const act = () => refuseOpenDirectories(fs, { machines, state, role: "all" });
        if (good) act();
        else refuses("directory_permissions", act);
        strictEqual([...Deno.readDirSync(state)].length, 0);
      }
    },
  });
}

Deno.test("refuseOpenDirectories() does not need room on the disk", async () => {
  await using directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  const state = `${machines}/.machinist`;
  prepareDirectories(fs, { machines, state });
  const full = new FaultFs(fs, {
    at: 1,
    fault: "no_space",
    sticky: true,
    counts: (operation) => operation === "create",
  });
  refuseOpenDirectories(full, { machines, state, role: "all" });
});

Deno.test("takeLock() refuses a second instance until the first lets go (#202)", async () => {
  await using directory = await temporaryDirectory();
  {
    using _lock = takeLock(fs, directory.path);
    refuses("locked", () => takeLock(fs, directory.path));
    using _other = takeLock(fs, directory.path, "host.lock");
  }
  using _again = takeLock(fs, directory.path);
});
