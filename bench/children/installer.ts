// A process with the agent's own installer in it, warm, as it is in a running agent. One request a line on stdin.
import { denoPorts } from "../../src/deno/ports.ts";
import type { CheckRequest, InstallRequest } from "../../src/ports/installer.ts";
import { WorkerInstaller } from "../../src/worker/worker_installer.ts";
import { answerRequests } from "../requests.ts";

const [stateDirectory = ""] = Deno.args;
const installer = new WorkerInstaller({
  ...denoPorts(),
  stateDirectory,
});

await answerRequests({
  async check(request) {
    const before = performance.now();
    const report = await installer.check(request["check"] as CheckRequest, { depth: "full" });
    return { ms: performance.now() - before, ...report };
  },
  async look(request) {
    const before = performance.now();
    const report = await installer.check(request["look"] as CheckRequest, { depth: "stat" });
    return { ms: performance.now() - before, ...report };
  },
  async install(request) {
    const before = performance.now();
    const signal = new AbortController().signal;
    const report = await installer.install(request["install"] as InstallRequest, { signal });
    return { ms: performance.now() - before, ...report };
  },
  async settle() {
    await installer.settled();
    return {};
  },
});
