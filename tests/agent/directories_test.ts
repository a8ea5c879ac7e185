import { strictEqual, throws } from "node:assert/strict";
import { AgentError, type AgentErrorCode } from "../../src/agent/agent_error.ts";
import { prepareDirectories, takeLock } from "../../src/agent/directories.ts";
import { DenoFs } from "../../src/deno/fs.ts";
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

Deno.test("takeLock() refuses a second instance until the first lets go (#202)", async () => {
  await using directory = await temporaryDirectory();
  {
    using _lock = takeLock(fs, directory.path);
    refuses("locked", () => takeLock(fs, directory.path));
    using _other = takeLock(fs, directory.path, "host.lock");
  }
  using _again = takeLock(fs, directory.path);
});
