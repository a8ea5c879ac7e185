import { type Child, startMachinist } from "./child.ts";

/** Waits until so many machines of a version run: in how many lines of its log that was said is found out by counting. */
export async function untilRunning(
  agent: Child,
  { machines, version }: { readonly machines: number; readonly version: string },
): Promise<void> {
  const pattern = new RegExp(`The machine runs.*"version":"${version.replaceAll(".", "\\.")}"`);
  for (let running = 0, after = 0; running < machines; running++) {
    const line = await agent.errors.wait(pattern, { after, timeoutMs: 120_000 });
    after = agent.errors.all.indexOf(line, after) + 1;
  }
}

/** Deploys a fixed specification into a directory, and stops again. */
export async function deployAll(
  node: readonly string[],
  what: { readonly spec: string; readonly machines: number; readonly version: string },
): Promise<void> {
  await using agent = startMachinist(["run", ...node, "--spec", what.spec, "--log-format", "json"]);
  await untilRunning(agent, what);
  await agent.stop("SIGTERM");
}
