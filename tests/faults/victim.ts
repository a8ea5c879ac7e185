import type { NodeStatus } from "../../src/agent/node_status.ts";
import { DenoClock } from "../../src/deno/clock.ts";
import { DirectoryKv } from "../../src/deno/directory_kv.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { pack } from "../../src/spec/pack.ts";
import { until } from "../e2e/until.ts";
import { bytes, key, specEntry } from "../spec/fixture.ts";
import { type CliOptions, type CliResult, type RunningCli, startCli } from "../support/cli.ts";
import { startHttpServer, type TestHttpServer } from "../support/http_server.ts";
import { type MachineArchive, machineArchive } from "../support/machine_archive.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

/** A machine whose command says so when it runs from a mixed tree. `size` bytes make its swap take a while. */
export function witness(version: string, log: string, size = 200_000): MachineArchive {
  const manifest = `name: web
version: ${version}
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers:
  - {name: work, type: exec, interval: 1s, state_match: [RUN], properties: {command: ./run.sh, suppress_success_announce: true}}
`;
  const bulk = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`lib/f${n}`, `${version} ${n} `.repeat(size / 200)]),
  );
  return machineArchive({
    name: "web",
    files: {
      "machine.yaml": manifest,
      "lib/data.txt": version,
      ...bulk,
      "run.sh": `#!/bin/sh
[ "$(cat lib/data.txt)" = "${version}" ] && sha256sum --quiet -c SHA256SUMS && exit 0
echo "mixed ${version}" >> ${log}
`,
    },
  });
}

/** An agent as a process, with an embedded store and a server, that may be killed at any time. */
export class Victim implements AsyncDisposable {
  readonly #directory: TemporaryDirectory;
  readonly #kv: DirectoryKv;
  readonly http: TestHttpServer = startHttpServer();
  #version = 0;

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
    this.#kv = new DirectoryKv({
      directory: `${directory.path}/store`,
      fs: new DenoFs(),
      clock: new DenoClock(),
    });
  }

  static async open(): Promise<Victim> {
    const victim = new Victim(await temporaryDirectory("machinist-kill-"));
    await victim.#kv.createBucket("MACHINES");
    return victim;
  }

  get path(): string {
    return this.#directory.path;
  }

  get machines(): string {
    return `${this.path}/machines`;
  }

  /** The machines directory as the test sees it: another path when the agent has mounts of its own. */
  view = "";

  get #seen(): string {
    return this.view === "" ? this.machines : this.view;
  }

  /** Where a machine complains. */
  get complaints(): string {
    return `${this.path}/complaints`;
  }

  /** The key that nodes trust. */
  readonly publicKey: string = key(1).publicKey.hex;

  /** Puts a signed list with the next version. */
  async publish(archive: MachineArchive): Promise<void> {
    const { name, checksum, verifyChecksum } = archive;
    const page = `/${checksum}.tgz`;
    this.http.pages.set(page, archive.bytes);
    const source = this.http.url + page;
    await this.#put({}, [{ name, source, checksum, verify_checksum: verifyChecksum, match: "" }]);
  }

  /** Puts a signed list without machines, which allows these to go. */
  async publishNothing(allowed: readonly string[]): Promise<void> {
    await this.#put({ allow_purge: allowed }, []);
  }

  async #put(meta: Record<string, unknown>, entries: readonly unknown[]): Promise<void> {
    const list = [specEntry({ format: 1, version: ++this.#version, ...meta }), ...entries];
    const text = pack(bytes(JSON.stringify(list)), { keys: [key(1)] });
    await this.#kv.bucket("MACHINES").put("machines", bytes(text));
  }

  /** Starts the agent; offline it has neither store nor server. */
  start(args: readonly string[] = [], options: CliOptions & { readonly offline?: boolean } = {}) {
    const { offline = false, ...rest } = options;
    this.http.hook = offline ? () => new Response(null, { status: 503 }) : undefined;
    return startCli([...this.command(offline ? "nothing" : "store"), ...args], rest);
  }

  /** The words of `run`. */
  command(store = "store"): readonly string[] {
    return [
      "run",
      this.machines,
      ...["--store", `file:${this.path}/${store}`],
      ...["--public-key", this.publicKey, "--identity", "n1"],
      ...["--interval", "1s", "--manage-interval", "10s"],
    ];
  }

  /** Removes the status of an earlier life, so that the next one is this life's. */
  forgetStatus(): void {
    try {
      Deno.removeSync(`${this.machines}/.machinist/status.json`);
    } catch {
      // There was none.
    }
  }

  /** Waits until the machine runs; in this version, when one is given. */
  async untilRuns(agent: RunningCli, version?: string): Promise<NodeStatus> {
    let status: NodeStatus | undefined;
    return await until(`machine ${version ?? ""} running`, () => {
      try {
        status = JSON.parse(Deno.readTextFileSync(`${this.#seen}/.machinist/status.json`));
      } catch {
        return undefined;
      }
      const web = status?.machines.find(({ name }) => name === "web");
      const runs = web?.state === "RUN" && web.installed;
      return runs && (version === undefined || web.version === version) && status;
    }, { timeoutMs: 30_000, seen: () => [status, agent.stderr.text.slice(-4_000)] });
  }

  /** Which of these stands in place, exactly; undefined when nothing does. Throws for anything else. */
  standing(archives: readonly MachineArchive[]): MachineArchive | undefined {
    const root = `${this.#seen}/web`;
    try {
      Deno.lstatSync(root);
    } catch {
      return undefined;
    }
    const found = archives.find((archive) => isExactly(root, archive));
    if (found === undefined) throw new Error(`Cannot accept "${root}": neither old nor new`);
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kv[Symbol.asyncDispose]();
    await this.http[Symbol.asyncDispose]();
    await this.#directory[Symbol.asyncDispose]();
  }
}

function isExactly(root: string, archive: MachineArchive): boolean {
  const found = files(root).filter((path) => !/^\.?machine_data\.json/.test(path));
  const wanted = ["SHA256SUMS", ...Object.keys(archive.files)].sort();
  return JSON.stringify(found.sort()) === JSON.stringify(wanted) &&
    Object.entries(archive.files).every(([path, text]) =>
      Deno.readTextFileSync(`${root}/${path}`) === text
    );
}

/** Milliseconds in which an agent must have stopped. */
export const STOP_LIMIT_MS = 10_000;

/** Stops an agent; one that takes too long is killed, and that is an error. */
export async function stopInTime(
  agent: RunningCli,
  signal: "SIGTERM" | "SIGINT" = "SIGTERM",
): Promise<CliResult> {
  const started = performance.now();
  const timer = setKill(agent, 2 * STOP_LIMIT_MS);
  const result = await agent.stop(signal);
  clearTimeout(timer);
  const took = performance.now() - started;
  if (took > STOP_LIMIT_MS) throw new Error(`Cannot stop within ${took} ms:\n${result.stderr}`);
  return result;
}

function setKill(agent: RunningCli, ms: number): ReturnType<typeof setTimeout> {
  // deno-lint-ignore machinist/no-sleep-in-unit-tests -- the other process has no fake clock
  return setTimeout(() => agent.signal("SIGKILL"), ms);
}

/** Paths of all files below a directory. */
export function files(root: string, prefix = ""): string[] {
  return [...Deno.readDirSync(root)].flatMap(({ name, isDirectory }) =>
    isDirectory ? files(`${root}/${name}`, `${prefix}${name}/`) : [prefix + name]
  );
}
