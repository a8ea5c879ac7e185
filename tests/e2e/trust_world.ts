import type { NodeStatus } from "../../src/agent/node_status.ts";
import { buildArchive } from "../../src/archive/build.ts";
import { main } from "../../src/cli/main.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { type RunningCli, startCli } from "../support/cli.ts";
import { startHttpServer, type TestHttpServer } from "../support/http_server.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";
import { until } from "./until.ts";

/** Options of {@linkcode TrustWorld.pack}. */
export interface PackOptions {
  /** Private keys; the first publisher's when left out. */
  readonly keys?: readonly string[];
  /** More flags of `pack`. */
  readonly flags?: readonly string[];
}

/** A publisher with two key pairs, and a node over a directory as its store; each edition has one machine of its version. */
export class TrustWorld implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #http: TestHttpServer;
  /** The publisher's pair. */
  readonly first = generateKeyPair();
  /** The pair that follows it. */
  readonly second = generateKeyPair();

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
    this.#http = startHttpServer();
  }

  /** Starts with an empty bucket. */
  static async open(): Promise<TrustWorld> {
    const world = new TrustWorld(await temporaryDirectory());
    await world.cli(["bucket"]);
    return world;
  }

  /** The machines directory. */
  get machines(): string {
    return `${this.#directory.path}/machines`;
  }

  /** Runs a command that must succeed, in this process: its standard output. */
  async cli(args: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.try(args, input);
    if (code !== 0) throw new Error(`Cannot run "${args.join(" ")}": ${stdout}${stderr}`);
    return stdout;
  }

  /** Runs a command in this process. */
  async try(args: readonly string[], input = "") {
    const io = new FakeTerminal({ cwd: this.#directory.path, input });
    const code = await main(args, io);
    return { code, stdout: io.stdout, stderr: io.stderr };
  }

  /** A packed list with the machine "one" of a release. */
  async pack(
    version: number | "next",
    release: number,
    options: PackOptions = {},
  ): Promise<string> {
    const { keys = [this.first.privateKey], flags = [] } = options;
    const folder = `${this.#directory.path}/source/${release}`;
    Deno.mkdirSync(folder, { recursive: true });
    Deno.writeTextFileSync(`${folder}/machine.yaml`, manifest(release));
    Deno.writeTextFileSync(`${folder}/data.txt`, `${release}\n`);
    const built = await buildArchive(new DenoFs(), folder, { name: "one" });
    this.#http.pages.set(`/one-${release}.tgz`, built.bytes);
    const list = [{
      name: "one",
      source: `${this.#http.url}/one-${release}.tgz`,
      verify_checksum: built.verifyChecksum,
      checksum: built.checksum,
    }];
    return await this.cli(
      ["pack", "-", ...keys, "--spec-version", String(version), ...flags],
      JSON.stringify(list),
    );
  }

  /** Puts a packed list into the store, whatever it is: what somebody with write access can do. */
  async put(packed: string): Promise<void> {
    await this.cli(["push", "-", "--force"], packed);
  }

  /** Starts the node, trusting some keys. */
  node(...keys: readonly string[]): RunningCli {
    const trusted = keys.length === 0 ? [this.first.publicKey] : keys;
    return startCli([
      ...["run", this.machines, "--identity", "n1", "--interval", "1s", "--manage-interval", "2s"],
      ...["--store", `file:${this.#directory.path}/machinist-store`],
      ...trusted.flatMap((key) => ["--public-key", key]),
    ]);
  }

  /** Waits until the node says a version of the list in force, and a code for what it refuses. */
  async untilSpec(version: number | null, code: string | null): Promise<NodeStatus> {
    return await this.#until(
      `version ${version}, ${code}`,
      ({ spec }) => spec.version === version && spec.code === code,
    );
  }

  /** Waits until a release runs, with all well. */
  async untilRuns(release: number): Promise<NodeStatus> {
    return await this.#until(
      `release ${release}`,
      ({ machines: [one] }) =>
        one?.version === `${release}.0.0` && one.state === "RUN" && this.release === release,
    );
  }

  /** The release that stands there. */
  get release(): number | undefined {
    try {
      return Number(Deno.readTextFileSync(`${this.machines}/one/data.txt`));
    } catch {
      return undefined;
    }
  }

  /** A path in the agent's own state. */
  state(path: string): string {
    return `${this.machines}/.machinist/${path}`;
  }

  async #until(what: string, found: (status: NodeStatus) => boolean): Promise<NodeStatus> {
    let status: NodeStatus | undefined;
    return await until(what, () => {
      try {
        status = JSON.parse(Deno.readTextFileSync(this.state("status.json")));
      } catch {
        return undefined;
      }
      return status !== undefined && found(status) && status;
    }, { seen: () => status, timeoutMs: 30_000 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

function manifest(release: number): string {
  return `name: one
version: ${release}.0.0
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers: [{name: wait, type: timer, state_match: [REST], properties: {timer: 1h}}]
`;
}
