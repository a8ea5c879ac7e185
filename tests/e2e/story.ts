import type { NodeStatus } from "../../src/agent/node_status.ts";
import { buildArchive } from "../../src/archive/build.ts";
import { main } from "../../src/cli/main.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { type CliOptions, type RunningCli, startCli } from "../support/cli.ts";
import { startHttpServer, type TestHttpServer } from "../support/http_server.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { until } from "./until.ts";

/** An entry of a machines list. */
export type Entry = Readonly<Record<string, unknown>> & { readonly name: string };

/** Options of {@linkcode Story.machine}. */
export interface MachineOptions {
  /** @default {"1.0.0"} */
  readonly version?: string;
  /** Files beside machine.yaml; a name that ends in `.sh` may be executed. */
  readonly files?: Readonly<Record<string, string>>;
  /** More for the entry. */
  readonly entry?: Readonly<Record<string, unknown>>;
}

/** A publisher with everything that a node needs: real nats-server, real HTTP server, keys, a directory. */
export class Story implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  /** Serves archives. */
  readonly http: TestHttpServer;
  /** The store. */
  readonly nats: NatsServer;
  /** The publisher's pair. */
  readonly keys = generateKeyPair();

  private constructor(directory: TemporaryDirectory, http: TestHttpServer, nats: NatsServer) {
    this.#directory = directory;
    this.http = http;
    this.nats = nats;
  }

  /** Starts the servers, with the bucket there. */
  static async open(): Promise<Story> {
    const directory = await temporaryDirectory();
    const story = new Story(directory, startHttpServer(), await startNatsServer());
    Deno.mkdirSync(`${story.path}/source`);
    await story.cli("bucket");
    return story;
  }

  /** A directory of the story's own. */
  get path(): string {
    return this.#directory.path;
  }

  /** The machines directory. */
  get machines(): string {
    return `${this.path}/machines`;
  }

  /** Runs a command against the story's store, in this process; its standard output. Throws when it fails. */
  async cli(...args: readonly string[]): Promise<string> {
    return await this.cliWith("", ...args);
  }

  /** As {@linkcode Story.cli}, with standard input. */
  async cliWith(input: string, ...args: readonly string[]): Promise<string> {
    const io = new FakeTerminal({
      cwd: this.path,
      input,
      env: { NATS_URL: this.nats.url },
    });
    const code = await main(args, io);
    if (code !== 0) throw new Error(`Cannot run "${args.join(" ")}": ${io.stdout}${io.stderr}`);
    return io.stdout;
  }

  /** Makes a machine that turns from START to RUN, serves its archive, and returns its entry. */
  async machine(name: string, options: MachineOptions = {}): Promise<Entry> {
    const { version = "1.0.0", files = {}, entry = {} } = options;
    const folder = `${this.path}/source/${name}-${version}`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(`${folder}/machine.yaml`, manifest(name, version));
    for (const [file, text] of Object.entries({ "data.txt": `${name} ${version}\n`, ...files })) {
      Deno.writeTextFileSync(`${folder}/${file}`, text);
      if (file.endsWith(".sh")) Deno.chmodSync(`${folder}/${file}`, 0o755);
    }
    const built = await buildArchive(new DenoFs(), folder, { name });
    const page = `/${name}-${version}.tgz`;
    this.http.pages.set(page, built.bytes);
    return {
      name,
      source: `${this.http.url}${page}`,
      verify: built.verify,
      verify_checksum: built.verifyChecksum,
      checksum: built.checksum,
      ...entry,
    };
  }

  /** Packs and signs a list. */
  async pack(entries: readonly Entry[], key = this.keys.privateKey): Promise<string> {
    return await this.cliWith(JSON.stringify(entries), "pack", "-", key, "--no-lint");
  }

  /** Packs, signs and pushes a list. */
  async publish(entries: readonly Entry[]): Promise<void> {
    await this.cliWith(await this.pack(entries), "push", "-");
  }

  /** Puts any text under the key. */
  async put(text: string): Promise<void> {
    await this.cliWith(text, "push", "-", "--force");
  }

  /** Starts a node as a process, with the built-in manager unless `args` say otherwise. */
  node(args: readonly string[] = this.managed(), options: CliOptions = {}): RunningCli {
    return startCli(["run", this.machines, "--identity", "n1", ...args], options);
  }

  /** Options of a node with the built-in manager. */
  managed(): readonly string[] {
    return [
      "--store",
      this.nats.url,
      "--public-key",
      this.keys.publicKey,
      "--manage-interval",
      "10s",
    ];
  }

  /** What the node reports; undefined before the first report. */
  status(): NodeStatus | undefined {
    try {
      return JSON.parse(Deno.readTextFileSync(`${this.machines}/.machinist/status.json`));
    } catch {
      return undefined;
    }
  }

  /** Waits until the node reports what `found` wants to see. */
  async untilStatus(
    what: string,
    found: (status: NodeStatus) => boolean,
    timeoutMs?: number,
  ): Promise<NodeStatus> {
    return await until(what, () => {
      const status = this.status();
      return status !== undefined && found(status) && status;
    }, { seen: () => this.status(), ...timeoutMs === undefined ? {} : { timeoutMs } });
  }

  /** Waits until a machine runs in state RUN with all well. */
  async untilRuns(name: string, version = "1.0.0"): Promise<NodeStatus> {
    return await this.untilStatus(
      `${name} ${version} running`,
      ({ machines }) =>
        machines.some((machine) =>
          machine.name === name && machine.version === version && machine.state === "RUN" &&
          machine.code === "ok"
        ),
    );
  }

  /** The text of an installed file; undefined when there is none. */
  read(path: string): string | undefined {
    try {
      return Deno.readTextFileSync(`${this.machines}/${path}`);
    } catch {
      return undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.nats[Symbol.asyncDispose]();
    await this.http[Symbol.asyncDispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

/** A machine that goes from START to RUN by itself, without running a command. */
function manifest(name: string, version: string): string {
  return `name: ${name}
version: ${version}
initial_state: START
transitions:
  - { name: begin, from: [START], destination: RUN }
watchers:
  - name: warm_up
    type: timer
    state_match: [START]
    fail_transition: begin
    properties: { timer: 1s }
`;
}

/** The manifest of a machine that is in RUN from the start, and runs its go.sh. */
export function commandManifest(name: string): string {
  return `name: ${name}
version: 1.0.0
initial_state: RUN
transitions:
  - { name: stay, from: [RUN], destination: RUN }
watchers:
  - name: go
    type: exec
    interval: 1h
    properties: { command: ./go.sh }
`;
}
