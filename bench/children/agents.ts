// Many whole agents in one process, with everything that an agent has but a process of its own.
import { Agent } from "../../src/agent/agent.ts";
import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { denoPorts } from "../../src/deno/ports.ts";
import { connectNats } from "../../src/nats/connect.ts";
import { answerRequests } from "../requests.ts";

interface Plan {
  readonly server: string;
  readonly publicKey: string;
  readonly directory: string;
  readonly first: number;
  readonly count: number;
}

/** Version that runs, by node. */
const running = new Map<number, string>();
const failures = new Map<string, number>();
let wanted = { version: "", resolve: (_at: number) => {} };

function start(plan: Plan, number: number): void {
  const { server, publicKey, directory: parent } = plan;
  const directory = `${parent}/node${number}`;
  const stateDirectory = `${directory}/.machinist`;
  const write = (line: string) => hear(number, line);
  const { fetch, ...ports } = denoPorts({
    node: { identity: `node${number}` },
    log: { format: "json", level: "info", write },
  });
  running.set(number, "");
  connectNats({ servers: [server] }, ports).then(({ kv, events }) => {
    const installer = new ArchiveInstaller({ ...ports, fetch, stateDirectory });
    const world = { ...ports, kv, events, installer };
    const agent = new Agent({ directory, publicKeys: [publicKey] }, world);
    return agent.run({ signal: new AbortController().signal });
  }).catch((error) => {
    console.error(`node ${number}: ${error}`);
    Deno.exit(1);
  });
}

function hear(number: number, text: string): void {
  const { level, message, version, reason } = JSON.parse(text);
  if (level === "warn" || level === "error") {
    const what = `${message}: ${String(reason).replaceAll(/"[^"]*"/g, "...").slice(0, 100)}`;
    failures.set(what, (failures.get(what) ?? 0) + 1);
  }
  if (message !== "The machine runs") return;
  running.set(number, version);
  if (version === wanted.version) check();
}

function check(): void {
  for (const version of running.values()) if (version !== wanted.version) return;
  wanted.resolve(performance.timeOrigin + performance.now());
}

await answerRequests({
  start(request) {
    const plan = request["start"] as Plan;
    for (let index = 0; index < plan.count; index++) start(plan, plan.first + index);
    return Promise.resolve({});
  },
  async reach(request) {
    const { promise, resolve } = Promise.withResolvers<number>();
    wanted = { version: String(request["reach"]), resolve };
    check();
    return { at: await promise };
  },
  failures() {
    const found = Object.fromEntries(failures);
    failures.clear();
    return Promise.resolve({ found });
  },
});
