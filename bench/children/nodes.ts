// Many simulated nodes in one process, each with a connection of its own.
import { BareNode } from "../fleet/bare_node.ts";
import type { FleetNode, FleetNodeOptions } from "../fleet/node.ts";
import { OurNode } from "../fleet/our_node.ts";
import { answerRequests } from "../requests.ts";

/** Nodes that connect at a time. */
const CONNECTING = 50;

interface Plan {
  readonly mode: "ours" | "republish" | "consumer";
  readonly server: string;
  readonly publicKey: string;
  readonly directory?: string;
  readonly first: number;
  readonly count: number;
}

const nodes: FleetNode[] = [];
const revisions = new Map<number, number>();
const failures = new Map<string, number>();
let wanted = { revision: Infinity, resolve: (_at: number) => {} };

/** Milliseconds on a clock that all processes of this machine share. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

function arrived(node: number, revision: number): void {
  revisions.set(node, revision);
  if (revision < wanted.revision) return;
  for (const reached of revisions.values()) if (reached < wanted.revision) return;
  wanted.resolve(now());
}

function make(plan: Plan, number: number): FleetNode {
  const { mode, server, publicKey, directory } = plan;
  revisions.set(number, 0);
  const options: FleetNodeOptions = {
    identity: `node${number}`,
    server,
    publicKey,
    directory: directory === undefined ? undefined : `${directory}/node${number}`,
    onRevision: (revision) => arrived(number, revision),
    onFailure(error) {
      const text = error instanceof Error ? error.message.slice(0, 160) : String(error);
      failures.set(text, (failures.get(text) ?? 0) + 1);
    },
  };
  return mode === "ours" ? new OurNode(options) : new BareNode(options, mode);
}

await answerRequests({
  async start(request) {
    const plan = request["start"] as Plan;
    for (let done = 0; done < plan.count; done += CONNECTING) {
      const few = Array.from(
        { length: Math.min(CONNECTING, plan.count - done) },
        (_, index) => make(plan, plan.first + done + index),
      );
      nodes.push(...few);
      await Promise.all(few.map((node) => node.start()));
    }
    return { nodes: nodes.length };
  },
  async reach(request) {
    const revision = Number(request["reach"]);
    const { promise, resolve } = Promise.withResolvers<number>();
    wanted = { revision, resolve };
    if ([...revisions.values()].every((reached) => reached >= revision)) resolve(now());
    return { at: await promise };
  },
  behind(request) {
    const revision = Number(request["behind"]);
    const behind = [...revisions.values()].filter((reached) => reached < revision).length;
    return Promise.resolve({ behind, failures: Object.fromEntries(failures) });
  },
});
