import type { NatsConnection } from "@nats-io/nats-core";
import { KvError } from "../ports/kv.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { dialNats } from "./dial.ts";
import { explainNats, natsError } from "./errors.ts";
import type { NatsOptions, NatsWorldPorts } from "./options.ts";
import { parseServerUrl } from "./server_url.ts";

/** Whether there is a connection, and why not. */
export interface NatsStatus {
  /** Whether it is up. */
  readonly connected: boolean;
  /** Where it is connected to, without credentials. */
  readonly server?: string;
  /** Connections so far. */
  readonly connections: number;
  /** Why there is none. */
  readonly why?: string;
}

/** Bounds of the wait between two attempts: short at first, so that a restarted server is found again within a second. */
const WAIT = { baseMs: 500, minMs: 100 } as const;

/**
 * The longest wait, as a part of the time without a connection: after three seconds all of a fleet are back
 * within one and a half, and after a long outage they come spread over the longest wait there is.
 */
const WAIT_SHARE = 0.5;

/** A server that takes connections and drops them at once is asked again as if it had been away so long. */
const DROPPED_MS = 4_000;

/** Milliseconds that an orderly close may take; a dead connection would take for ever. */
const CLOSE_MS = 1_000;

/**
 * A connection that is made in the background and made again, for ever, whatever the reason that it ended.
 * Who uses it is told at once when there is none: nothing waits in a queue.
 */
export class NatsLink implements AsyncDisposable {
  readonly #options: NatsOptions;
  readonly #ports: NatsWorldPorts;
  readonly #scope = new AbortScope();
  readonly #listeners = new Set<() => void>();
  readonly #first = Promise.withResolvers<void>();
  #connection: NatsConnection | undefined;
  #connections = 0;
  #failure: KvError | undefined;
  #running: Promise<void> | undefined;
  #probing = false;

  constructor(options: NatsOptions, ports: NatsWorldPorts) {
    this.#options = options;
    this.#ports = ports;
  }

  /** The server's part of the settings. */
  get options(): NatsOptions {
    return this.#options;
  }

  /** Time, log and chance. */
  get ports(): NatsWorldPorts {
    return this.#ports;
  }

  /** How it stands. */
  get status(): NatsStatus {
    const connections = this.#connections;
    if (this.#connection !== undefined) {
      return { connected: true, server: this.#connection.getServer(), connections };
    }
    return { connected: false, connections, why: this.#failure?.message ?? "not connected yet" };
  }

  /** Counts connections: a change says that what was known of the server may have changed. */
  get generation(): number {
    return this.#connections;
  }

  /** Aborts when the link is closed for good. */
  get closed(): AbortSignal {
    return this.#scope.signal;
  }

  /** The connection of this moment. */
  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  /** Begins to connect. */
  start(): void {
    if (!this.#scope.signal.aborted) this.#running ??= this.#run();
  }

  /** The connection; waits only for the very first attempt. Rejects with KvError when there is none. */
  async use(signal?: AbortSignal): Promise<NatsConnection> {
    signal?.throwIfAborted();
    this.start();
    if (this.#connection === undefined && this.#failure === undefined) await this.#attempt(signal);
    if (this.#scope.signal.aborted) {
      throw new KvError("Cannot use the store: it is closed", { code: "closed" });
    }
    if (this.#connection !== undefined) return this.#connection;
    throw this.#failure ??
      new KvError("Cannot reach NATS: not connected yet", { code: "unreachable" });
  }

  /** Calls `listener` after every connection that is made, until disposed. */
  onConnect(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Checks a connection on which something did not answer, and gives it up when it is dead. */
  async probe(): Promise<void> {
    const connection = this.#connection;
    if (connection === undefined || this.#probing) return;
    this.#probing = true;
    using scope = new AbortScope(this.#scope.signal);
    const { timeoutMs = 5_000 } = this.#options;
    try {
      const late = this.#ports.clock.sleep(timeoutMs, scope).then(() => true, () => false);
      const dead = await Promise.race([connection.flush().then(() => false, () => false), late]);
      if (dead) await close(connection, this.#ports);
    } finally {
      this.#probing = false;
    }
  }

  /** Closes the connection and ends the attempts. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.abort(new KvError("Cannot use the store: it is closed", { code: "closed" }));
    this.#first.resolve();
    await this.#running;
  }

  #attempt(signal: AbortSignal | undefined): Promise<void> {
    if (signal === undefined) return this.#first.promise;
    return new Promise((resolve, reject) => {
      const abort = () => reject(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      this.#first.promise.then(resolve)
        .finally(() => signal.removeEventListener("abort", abort));
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#scope;
    const { clock, random } = this.#ports;
    let lostAt = clock.monotonic();
    while (!signal.aborted) {
      try {
        const connection = await dialNats(this.#options, { signal, random });
        await this.#serve(connection);
        lostAt = clock.monotonic();
      } catch (error) {
        if (signal.aborted) return;
        this.#fail(error);
      }
      await this.#pause(clock.monotonic() - lostAt);
    }
  }

  /** Lives with a connection until it ends. */
  async #serve(connection: NatsConnection): Promise<void> {
    const { clock, log } = this.#ports;
    const { signal } = this.#scope;
    this.#connection = connection;
    this.#connections++;
    this.#failure = undefined;
    this.#first.resolve();
    log.info("Connected to NATS", { server: connection.getServer() });
    const begun = clock.monotonic();
    const shut = () => void close(connection, { ...this.#ports, flush: true });
    signal.addEventListener("abort", shut, { once: true });
    if (signal.aborted) shut();
    const complaints = this.#listen(connection);
    for (const listener of [...this.#listeners]) listener();
    const reason = await connection.closed();
    signal.removeEventListener("abort", shut);
    this.#connection = undefined;
    await complaints;
    if (signal.aborted) return;
    this.#fail(reason ?? new Error("the connection was lost"));
    // A server that takes connections and drops them at once must not be hammered.
    if (clock.monotonic() - begun < 1_000) await this.#pause(DROPPED_MS);
  }

  /** Tells the log once what the server complains about. */
  async #listen(connection: NatsConnection): Promise<void> {
    const told = new Set<string>();
    for await (const status of connection.status()) {
      if (status.type !== "error") continue;
      const { why } = explainNats(status.error);
      if (told.has(why) || told.size > 20) continue;
      told.add(why);
      this.#ports.log.warn("NATS complains", { why });
    }
  }

  #fail(cause: unknown): void {
    const servers = this.#options.servers.map(parseServerUrl);
    const what = `Cannot connect to "${servers.map(({ url }) => url).join(", ")}"`;
    const error = explainNats(cause).code === "permission"
      ? missingPermission(what, servers.map(({ host }) => host).join(","))
      : natsError(what, cause);
    if (error.message !== this.#failure?.message) {
      this.#ports.log.warn("NATS cannot be reached, trying on", { why: error.message });
    }
    this.#failure = error;
    this.#first.resolve();
  }

  #pause(awayMs: number): Promise<void> {
    const { clock, random } = this.#ports;
    const maxMs = this.#options.maxWaitMs ?? 8_000;
    const ceiling = Math.min(maxMs, Math.max(WAIT.baseMs, awayMs * WAIT_SHARE));
    const wait = Math.max(WAIT.minMs, random() * ceiling);
    return clock.sleep(wait, this.#scope).catch(() => {});
  }
}

function missingPermission(what: string, hosts: string): KvError {
  return new KvError(`${what}: Deno was not given --allow-net=${hosts}`, { code: "permission" });
}

/** Closes a connection, after what is on its way has left, or lets go of it when it does not want to. */
async function close(
  connection: NatsConnection,
  { clock, flush = false }: Pick<NatsWorldPorts, "clock"> & { readonly flush?: boolean },
): Promise<void> {
  using scope = new AbortScope();
  const late = clock.sleep(CLOSE_MS, scope).catch(() => {});
  if (flush) await Promise.race([connection.flush().catch(() => {}), late]);
  await Promise.race([connection.close().catch(() => {}), late]);
}
