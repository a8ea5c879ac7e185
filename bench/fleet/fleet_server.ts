import { type NatsServer, startNatsServer } from "../../tests/support/nats_server.ts";
import { cpuMsOf, memoryOf } from "../proc.ts";

/** Counters of a server's monitoring that matter here. */
interface Varz {
  readonly in_msgs: number;
  readonly out_msgs: number;
  readonly connections: number;
  readonly total_connections: number;
}

/** A real server, and what it costs. */
export class FleetServer implements AsyncDisposable {
  readonly #server: NatsServer;
  readonly #monitor: string;

  private constructor(server: NatsServer, monitor: string) {
    this.#server = server;
    this.#monitor = monitor;
  }

  /** Starts one. */
  static async start(): Promise<FleetServer> {
    const port = freePort();
    const config = `http: "127.0.0.1:${port}"`;
    return new FleetServer(await startNatsServer({ config }), `http://127.0.0.1:${port}`);
  }

  /** Where it listens. */
  get url(): string {
    return this.#server.url;
  }

  /** Seconds of CPU so far. */
  async cpu(): Promise<number> {
    return (await cpuMsOf(this.#server.pid ?? 0)) / 1000;
  }

  /** Memory, MiB. */
  async rss(): Promise<number> {
    return (await memoryOf(this.#server.pid ?? 0)).rss;
  }

  /** Its counters. */
  async counters(): Promise<Varz> {
    const response = await fetch(`${this.#monitor}/varz`);
    return await response.json();
  }

  /** Consumers that exist. */
  async consumers(): Promise<number> {
    const response = await fetch(`${this.#monitor}/jsz`);
    const { consumers } = await response.json();
    return consumers;
  }

  /** Kills it as a crash would. */
  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Starts it again: same port, same store. */
  startAgain(): Promise<void> {
    return this.#server.start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
