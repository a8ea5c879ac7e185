import { ok, strictEqual } from "node:assert/strict";
import type { NodeStatus } from "../../src/agent/node_status.ts";
import { until } from "../e2e/until.ts";
import { ROOT, RunningCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { files, stopInTime, Victim, witness } from "./victim.ts";

/** Whether this process may mount a file system of its own. */
async function mayMount(): Promise<boolean> {
  await using directory = await temporaryDirectory();
  try {
    const { success } = await new Deno.Command("unshare", {
      args: ["-m", "mount", "-t", "tmpfs", "-o", "size=64k", "none", directory.path],
      stdout: "null",
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

const mount = await mayMount();
if (!mount) {
  console.log("no_space: skipped, nothing may be mounted here (unshare -m mount -t tmpfs)");
}

/** The agent, with a machines directory that has only so much room. */
function startOnTmpfs(victim: Victim, size: string): RunningCli {
  Deno.mkdirSync(victim.machines);
  const script = `mount -t tmpfs -o size=${size},mode=700 none "$0" && exec "$@"`;
  const agent = new Deno.Command("unshare", {
    args: [
      ...["-m", "sh", "-c", script, victim.machines],
      ...[Deno.execPath(), "run", "--no-prompt", "--quiet", "-A", `${ROOT}/cli.ts`],
      ...victim.command(),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  victim.view = `/proc/${agent.pid}/root${victim.machines}`;
  return new RunningCli(agent);
}

async function grow(agent: RunningCli, victim: Victim, size: string): Promise<void> {
  const { success } = await new Deno.Command("nsenter", {
    args: [
      ...["-t", String(agent.pid), "-m", "mount", "-o", `remount,size=${size}`],
      victim.machines,
    ],
  }).output();
  ok(success, "the disk could not be made larger");
}

Deno.test({
  name:
    "startOnTmpfs() keeps the old version on a full disk, and goes on once there is room (#167)",
  ignore: !mount,
  async fn() {
    await using victim = await Victim.open();
    const small = witness("1.0.0", victim.complaints, 20_000);
    const large = witness("2.0.0", victim.complaints, 10_000_000);
    await using agent = startOnTmpfs(victim, "1500k");
    await victim.publish(small);
    await victim.untilRuns(agent, "1.0.0");
    await victim.publish(large);
    const full = await until("the full disk in the status", () => {
      const status: NodeStatus = JSON.parse(
        Deno.readTextFileSync(`${victim.view}/.machinist/status.json`),
      );
      return status.machines.find(({ code }) => code === "no_space");
    }, { seen: () => agent.stderr.text.slice(-3_000) });
    strictEqual(full.state, "RUN", "the old version does not run any more");
    strictEqual(full.version, "1.0.0");
    strictEqual(victim.standing([small, large]), small);
    for (const path of files(victim.view).filter((name) => name.endsWith(".json"))) {
      if (!path.includes("/exec/")) JSON.parse(Deno.readTextFileSync(`${victim.view}/${path}`));
    }
    strictEqual(files(victim.view).filter((path) => /^tmp\/(?!\.seal)/.test(path)).length, 0);
    await grow(agent, victim, "100m");
    await victim.untilRuns(agent, "2.0.0");
    strictEqual(victim.standing([small, large]), large);
    strictEqual((await stopInTime(agent)).code, 0);
  },
});
