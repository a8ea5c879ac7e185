/** Installs one archive with the agent's installer, under whatever permissions the process has, and prints the report. */
import { denoPorts } from "../../src/deno/ports.ts";
import type { InstallRequest } from "../../src/ports/installer.ts";
import { WorkerInstaller } from "../../src/worker/worker_installer.ts";

const request: InstallRequest = JSON.parse(Deno.args[0] ?? "");
await using installer = new WorkerInstaller({
  ...denoPorts(),
  stateDirectory: `${request.target}/.machinist`,
});
const report = await installer.install(request, { signal: new AbortController().signal });
await installer.settled();
const check = await installer.check(request, { depth: "full" });
console.log(JSON.stringify({ ...report, check: check.result }));
