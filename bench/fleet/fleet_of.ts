import { type Answer, type Child, startChild } from "../child.ts";
import { cpuMsOf } from "../proc.ts";
import { type Desk, openDesk } from "../publisher.ts";
import { FleetServer } from "./fleet_server.ts";
import { KEY } from "./node.ts";

/** How the nodes of a fleet hear of a new value, and what they do with it. */
export type Mode = "ours" | "republish" | "consumer";

/** Options of {@linkcode Fleet.start}. */
export interface FleetOptions {
  /** Number of nodes. */
  readonly nodes: number;
  /** What they are. */
  readonly mode: Mode;
  /** Key that must have signed. */
  readonly publicKey: string;
  /** Where they deploy; undefined: nowhere. */
  readonly directory: string | undefined;
  /** The list that is there when they come. */
  readonly envelope: string;
}

/** What a put cost. */
export interface Cost {
  /** Milliseconds until the last node had it. */
  readonly ms: number;
  /** Microseconds of the server's CPU for each node. */
  readonly cpuUs: number;
  /** Microseconds of CPU of one node. */
  readonly nodeUs: number;
  /** Messages to the server for each node. */
  readonly messages: number;
}

/** Processes that a fleet is spread over: one for each core. */
const PROCESSES = 2;

/** Many nodes, a server of their own, and whoever publishes. */
export class Fleet implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #options: FleetOptions;
  readonly #desk: Desk;
  readonly #children: readonly Child[];
  /** The server. */
  readonly server: FleetServer;
  /** What the nodes added to the server: seconds of CPU and MiB. */
  readonly setup: { readonly cpu: number; readonly rss: number };

  private constructor(
    options: FleetOptions,
    parts: {
      readonly stack: AsyncDisposableStack;
      readonly server: FleetServer;
      readonly desk: Desk;
      readonly children: readonly Child[];
      readonly setup: { readonly cpu: number; readonly rss: number };
    },
  ) {
    this.#options = options;
    this.#stack = parts.stack;
    this.#desk = parts.desk;
    this.#children = parts.children;
    this.server = parts.server;
    this.setup = parts.setup;
  }

  /** Starts a server and so many nodes, and waits until all have what is there. */
  static async start(options: FleetOptions): Promise<Fleet> {
    const { nodes, mode, publicKey, directory, envelope } = options;
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await FleetServer.start());
    const desk = stack.use(await openDesk(server.url));
    await desk.bucket.put(KEY, new TextEncoder().encode(envelope));
    const before = { cpu: await server.cpu(), rss: await server.rss() };
    const children = Array.from({ length: PROCESSES }, () => stack.use(startChild("nodes")));
    const share = Math.ceil(nodes / PROCESSES);
    await Promise.all(children.map((child, index) => {
      const first = index * share;
      const count = Math.min(share, nodes - first);
      const start = { mode, server: server.url, publicKey, first, count, directory };
      return child.ask({ start });
    }));
    await Promise.all(children.map((child) => child.ask({ reach: 1 })));
    const setup = {
      cpu: await server.cpu() - before.cpu,
      rss: await server.rss() - before.rss,
    };
    return new Fleet(options, { stack: stack.move(), server, desk, children, setup });
  }

  /** What it is made of. */
  get mode(): Mode {
    return this.#options.mode;
  }

  /** Publishes, and waits for the last node. */
  async put(envelope: string): Promise<Cost> {
    const { nodes } = this.#options;
    const { in_msgs: before } = await this.server.counters();
    const cpu = await this.server.cpu();
    const nodeCpu = await this.#nodeCpu();
    const began = now();
    const revision = await this.#desk.bucket.put(KEY, new TextEncoder().encode(envelope));
    const ms = await this.reached(revision) - began;
    const cpuUs = (1e6 * (await this.server.cpu() - cpu)) / nodes;
    const nodeUs = (await this.#nodeCpu() - nodeCpu) / nodes;
    return {
      ms,
      cpuUs,
      nodeUs,
      messages: ((await this.server.counters()).in_msgs - before) / nodes,
    };
  }

  /** Publishes without waiting for anybody: the revision. Tries on while there is no server. */
  async publish(envelope: string): Promise<number> {
    for (;;) {
      try {
        return await this.#desk.bucket.put(KEY, new TextEncoder().encode(envelope));
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /** When the last node had a revision, on the clock of {@linkcode now}. */
  async reached(revision: number): Promise<number> {
    let answers: readonly Answer[];
    try {
      answers = await Promise.all(
        this.#children.map((child) => child.ask({ reach: revision }, { timeoutMs: 90_000 })),
      );
    } catch (cause) {
      const behind = JSON.stringify(await this.behind(revision));
      throw new Error(`Cannot reach all of fleet "${this.mode}": ${behind}`, { cause });
    }
    return Math.max(...answers.map((answer) => Number(answer["at"])));
  }

  /** Nodes that do not have a revision, and what failed so far. */
  async behind(revision: number): Promise<Readonly<Record<string, unknown>>[]> {
    return await Promise.all(this.#children.map((child) => child.ask({ behind: revision })));
  }

  /** Microseconds of CPU that all nodes have used together. */
  async #nodeCpu(): Promise<number> {
    const all = await Promise.all(this.#children.map(({ pid }) => cpuMsOf(pid)));
    return 1_000 * all.reduce((sum, ms) => sum + ms, 0);
  }

  /** Kills all nodes as a power cut would. */
  async killNodes(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop("SIGKILL")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Milliseconds on a clock that all processes of this machine share. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
