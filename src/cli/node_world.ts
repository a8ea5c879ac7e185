import type { AgentWorld } from "../agent/agent.ts";
import { DirectoryKv } from "../deno/directory_kv.ts";
import { type DenoPorts, denoPorts } from "../deno/ports.ts";
import { DenoProcess } from "../deno/process.ts";
import { catchStrays } from "../deno/strays.ts";
import type { EventSink } from "../ports/events.ts";
import type { Kv } from "../ports/kv.ts";
import { WorkerInstaller } from "../worker/worker_installer.ts";
import { isNatsStore, natsSettings } from "./nats_settings.ts";
import type { NodeSettings } from "./node_settings.ts";
import { storeDirectory } from "./store.ts";
import type { Terminal } from "./terminal.ts";

/** The real world of a node, to be disposed with it. Errors that nobody caught are logged, and end nothing. */
export interface NodeWorld extends AsyncDisposable {
  /** What the agent gets. */
  readonly world: AgentWorld;
  /** Ends all commands at once. */
  hurry(): void;
}

/** Makes the world of a node. Reaches for the store in the background; nothing here waits for it. */
export async function nodeWorld(
  settings: NodeSettings & { readonly identity: string },
  io: Terminal,
): Promise<NodeWorld> {
  const { identity, factsFile, logFormat: format, logLevel: level, stateDirectory } = settings;
  const log = { format, level, write: (line: string) => io.note(line) };
  const node = { identity, ...(factsFile === undefined ? {} : { factsFile }) };
  const process = new DenoProcess();
  const { fetch, ...ports } = { ...denoPorts({ node, log }), process };
  const store = await openInBackground(settings, io, ports);
  const installer = new WorkerInstaller({ ...ports, fetch, stateDirectory });
  const strays = catchStrays(ports.log);
  return {
    world: { ...ports, kv: store.kv, events: store.events, installer },
    hurry: () => process.killAll(),
    async [Symbol.asyncDispose]() {
      await installer[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
      await strays[Symbol.asyncDispose]();
    },
  };
}

interface Store extends AsyncDisposable {
  readonly kv: Kv;
  readonly events: EventSink;
}

async function openInBackground(
  { input }: NodeSettings,
  io: Terminal,
  ports: Omit<DenoPorts, "fetch">,
): Promise<Store> {
  if (isNatsStore(input)) {
    const { connectNats } = await import("../nats/connect.ts");
    return await connectNats(natsSettings(input, io), ports);
  }
  const { fs, clock } = ports;
  const kv = new DirectoryKv({ directory: storeDirectory(input, io), fs, clock });
  return {
    kv,
    events: { publish() {} },
    [Symbol.asyncDispose]: () => kv[Symbol.asyncDispose](),
  };
}
