import { findNatsServer } from "../../tools/find_nats_server.ts";
import { Lines } from "./lines.ts";
import { removeTree } from "./temporary.ts";

/** Options of {@linkcode startNatsServer}. */
export interface NatsServerOptions {
  /**
   * Whether JetStream is on.
   * @default {true}
   */
  readonly jetstream?: boolean;
  /** Body of the `authorization { }` block, for example `user: a, password: b`. */
  readonly authorization?: string;
  /** PEM texts; `ca` makes the server ask clients for a certificate of that CA. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  /**
   * Whether it listens for WebSockets too: see {@linkcode NatsServer.websocketUrl}.
   * @default {false}
   */
  readonly websocket?: boolean;
  /** More text for the configuration file. */
  readonly config?: string;
}

/** A real nats-server on loopback, with a store of its own. */
export class NatsServer implements AsyncDisposable {
  readonly #options: NatsServerOptions;
  readonly #directory: string;
  #child: Deno.ChildProcess | undefined;
  #log: Lines | undefined;
  #port = -1;
  #websocketPort = -1;

  constructor(directory: string, options: NatsServerOptions) {
    this.#directory = directory;
    this.#options = options;
  }

  /** Where it listens; the same after every restart. */
  get port(): number {
    return this.#port;
  }

  /** `nats://127.0.0.1:port`, or `tls://` when it has a certificate. */
  get url(): string {
    return `${this.#options.tls === undefined ? "nats" : "tls"}://127.0.0.1:${this.#port}`;
  }

  /** `ws://127.0.0.1:port`. */
  get websocketUrl(): string {
    return `ws://127.0.0.1:${this.#websocketPort}`;
  }

  /** Its process id; undefined while it is down. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What it has logged since its last start. */
  get log(): string {
    return this.#log?.text ?? "";
  }

  /** Starts it, or starts it again on the same port with the same store; resolves when it answers. */
  async start(): Promise<void> {
    if (this.#child !== undefined) throw new Error("Cannot start nats-server: it runs already");
    const file = `${this.#directory}/server.conf`;
    await Deno.writeTextFile(file, await this.#configuration());
    const child = new Deno.Command(binary(), {
      args: ["-c", file, "--ports_file_dir", this.#directory],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#child = child;
    this.#log = new Lines(child.stderr);
    try {
      await this.#log.wait("Server is ready");
      await this.#readPorts(`${this.#directory}/nats-server_${child.pid}.ports`);
      await this.#greet();
    } catch (error) {
      await this.kill();
      throw error;
    }
  }

  /** Stops it cleanly; quiet when it is down. */
  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  /** Kills it with SIGKILL, as a crash would. */
  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  /** Stops (`SIGTERM`) or kills it and starts it again: same port, same store. */
  async restart(options: { readonly signal?: "SIGTERM" | "SIGKILL" } = {}): Promise<void> {
    await this.#end(options.signal ?? "SIGTERM");
    await this.start();
  }

  /** Freezes it: connections stay open and nothing answers. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  /** Lets a frozen one go on. */
  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Kills it and removes its store. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await removeTree(this.#directory);
  }

  async #end(signal: Deno.Signal): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill(signal);
    await child.status;
    await this.#log?.done;
  }

  async #configuration(): Promise<string> {
    const { jetstream = true, authorization, tls, websocket = false, config = "" } = this.#options;
    const lines = ["host: 127.0.0.1", `port: ${this.#port}`];
    if (jetstream) lines.push(`jetstream { store_dir: "${this.#directory}/store" }`);
    if (authorization !== undefined) lines.push(`authorization { ${authorization} }`);
    if (websocket) {
      lines.push(`websocket { host: 127.0.0.1, port: ${this.#websocketPort}, no_tls: true }`);
    }
    if (tls !== undefined) {
      for (const [name, text] of Object.entries(tls)) {
        await Deno.writeTextFile(`${this.#directory}/${name}.pem`, text, { mode: 0o600 });
      }
      const file = (name: string) => `"${this.#directory}/${name}.pem"`;
      const verify = tls.ca === undefined ? "" : `, ca_file: ${file("ca")}, verify: true`;
      lines.push(`tls { cert_file: ${file("cert")}, key_file: ${file("key")}${verify} }`);
    }
    return [...lines, config, ""].join("\n");
  }

  async #readPorts(file: string): Promise<void> {
    const portOf = (urls: readonly string[] | undefined) => Number(urls?.[0]?.split(":").at(-1));
    for (let attempt = 0;; attempt++) {
      try {
        const ports = JSON.parse(await Deno.readTextFile(file));
        this.#port = portOf(ports.nats);
        if (this.#options.websocket === true) this.#websocketPort = portOf(ports.websocket);
        return;
      } catch (error) {
        // The server writes this file just after it says that it is ready.
        if (attempt === 200) throw error;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** A client is greeted with INFO: the listener is up. */
  async #greet(): Promise<void> {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: this.#port });
    const buffer = new Uint8Array(4096);
    const count = await connection.read(buffer) ?? 0;
    const text = new TextDecoder().decode(buffer.subarray(0, count));
    if (!text.startsWith("INFO ")) throw new Error(`Cannot use nats-server: it said "${text}"`);
  }
}

/** Starts a server: `await using server = await startNatsServer()`. */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const directory = await Deno.makeTempDir({ prefix: "machinist-nats-" });
  const server = new NatsServer(directory, options);
  try {
    await server.start();
  } catch (error) {
    await removeTree(directory);
    throw error;
  }
  return server;
}

function binary(): string {
  const path = findNatsServer();
  if (path !== undefined) return path;
  throw new Error('Cannot find "nats-server": run "deno task setup" to install it');
}
