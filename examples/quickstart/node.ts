import { Agent, denoPorts, DirectoryKv, WorkerInstaller } from "../../mod.ts";
import type { Narrator } from "./narrator.ts";

/** Options of {@linkcode startNode}. */
export interface NodeOptions {
  /** The machines directory. */
  readonly machines: string;
  /** Directory of the embedded store. */
  readonly store: string;
  /** The public key to trust. */
  readonly key: string;
  /** Who tells the story: the node's log. */
  readonly say: Narrator;
}

/** A running node. Disposing it stops its machines. */
export interface RunningNode extends AsyncDisposable {
  /** The agent. */
  readonly agent: Agent;
}

/** Starts an agent in this process, as `machinist run` does in one of its own. */
export function startNode({ machines, store, key, say }: NodeOptions): RunningNode {
  const { fetch, ...ports } = denoPorts({ node: { identity: "quickstart" } });
  const stateDirectory = `${machines}/.machinist`;
  const kv = new DirectoryKv({ directory: store, fs: ports.fs, clock: ports.clock });
  const installer = new WorkerInstaller({ ...ports, log: say, fetch, stateDirectory });
  const agent = new Agent(
    { directory: machines, publicKeys: [key], manageIntervalMs: 10_000 },
    { ...ports, log: say, kv, installer, events: { publish() {} } },
  );
  const stop = new AbortController();
  const running = agent.run({ signal: stop.signal });
  running.catch((error) => say.error("The node failed", { reason: String(error) }));
  return {
    agent,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await installer[Symbol.asyncDispose]();
      await kv[Symbol.asyncDispose]();
    },
  };
}
