import { Agent } from "../../src/agent/agent.ts";
import { AgentError } from "../../src/agent/agent_error.ts";
import type { NodeStatus } from "../../src/agent/node_status.ts";
import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import type { Fs } from "../../src/ports/fs.ts";
import { KvError } from "../../src/ports/kv.ts";
import type { Process, RunOptions } from "../../src/ports/process.ts";
import { pack } from "../../src/spec/pack.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { StoppedWorld } from "../../src/testing/stopped_world.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";
import { MemoryKv } from "../../src/testing/memory_kv.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { MemorySink } from "../../src/testing/memory_sink.ts";
import { TestHttp } from "../../src/testing/test_http.ts";
import { bytes, key, specEntry } from "../spec/fixture.ts";
import { type MachineArchive, machineArchive } from "../support/machine_archive.ts";
import { removeTree } from "../support/temporary.ts";
import { pause } from "./pause.ts";

/** A machine that runs a command of its own every ten seconds. */
export function machine(name: string, version: string): MachineArchive {
  const manifest = `name: ${name}
version: ${version}
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers:
  - {name: work, type: exec, interval: 10s, state_match: [RUN], properties: {command: ./run.sh}}
`;
  return machineArchive({
    name,
    files: {
      "machine.yaml": manifest,
      "run.sh": `#!/bin/sh\necho ${name} ${version}\n`,
      "lib/data.txt": `${version}\n`,
    },
  });
}

/** A tree as text by path, modes in front; undefined where nothing stands. */
export type Tree = Readonly<Record<string, string>> | undefined;

/** What a run is to do, and until when. */
export interface BootOptions {
  /** The file system that the agent sees. */
  readonly fs?: Fs;
  /** Without a store and without servers. */
  readonly offline?: boolean;
  /** Ends the run; default: all machines of the list are installed and run. */
  readonly until?: (status: NodeStatus) => boolean;
  /** Fake seconds after which it ends anyway. */
  readonly seconds?: number;
}

/** How a run ended. */
export interface Booted {
  /** False: time was over. */
  readonly done: boolean;
  readonly status: NodeStatus | undefined;
  /** Why the agent did not run at all. */
  readonly failure: unknown;
  readonly log: MemoryLog;
}

/** A whole node but for its clock, network and commands: the agent as it is, on a real directory. */
export class CrashNode implements AsyncDisposable {
  readonly path: string;
  readonly machines: string;
  readonly http = new TestHttp();
  readonly #kv = new MemoryKv({ buckets: ["MACHINES"] });
  /** Trees out of which a command may run, as JSON. */
  readonly #signed = new Set<string>();
  /** Directories out of which a command ran although nobody had signed what stood there. */
  readonly violations: string[] = [];
  /** Commands that ran. */
  runs = 0;
  /** What a command does, in its machine's directory. */
  onRun: (directory: string) => void = () => {};

  private constructor(path: string) {
    this.path = path;
    this.machines = `${path}/machines`;
    Deno.mkdirSync(`${path}/outside/inner`, { recursive: true });
    Deno.writeTextFileSync(`${path}/outside/inner/file`, "precious");
  }

  static async make(): Promise<CrashNode> {
    const prefix = "machinist-crash-";
    // Thousands of lives are lived here: in memory, where there is such a place.
    const path = await Deno.realPath(
      await Deno.makeTempDir({ prefix, dir: "/dev/shm" }).catch(() => Deno.makeTempDir({ prefix })),
    );
    return new CrashNode(path);
  }

  /** Publishes a signed list, and its archives; `x` is what each entry has there. */
  async publish(
    version: number,
    archives: readonly MachineArchive[],
    x: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const entries = archives.map((archive) => {
      const source = `http://files.test/${archive.checksum}.tgz`;
      this.http.on(source, archive.bytes);
      this.#signed.add(JSON.stringify(archive.files));
      const { name, checksum, verifyChecksum } = archive;
      return { name, source, checksum, verify_checksum: verifyChecksum, match: "", x };
    });
    const meta = specEntry({ format: 1, version });
    const text = pack(bytes(JSON.stringify([meta, ...entries])), { keys: [key(1)] });
    await this.#kv.bucket("MACHINES").put("machines", bytes(text));
  }

  /** One life of the agent. Never rejects: a crash is one of the ways in which it may end. */
  async boot(options: BootOptions = {}): Promise<Booted> {
    for (let tries = 1;; tries++) {
      const booted = await this.#boot(options);
      const { failure } = booted;
      const locked = failure instanceof AgentError && failure.code === "locked";
      if (!locked || tries === 20) return booted;
      // Another test of this process is just starting a child, which holds a copy of the old lock until it runs.
      await pause(5);
    }
  }

  async #boot(options: BootOptions): Promise<Booted> {
    const { fs = new DenoFs(), offline = false, until = isGood, seconds = 300 } = options;
    const clock = new FakeClock({ now: Date.now() + 1_000 });
    const log = new MemoryLog();
    this.#kv.fail(offline ? new KvError("Cannot ask", { code: "unreachable" }) : undefined);
    const stateDirectory = `${this.machines}/.machinist`;
    const world = { fs, clock, log, random: () => 0.5 };
    const fetch = offline ? () => Promise.reject(new TypeError("offline")) : this.http.fetch;
    await using installer = new ArchiveInstaller({ ...world, fetch, stateDirectory });
    const agent = new Agent({
      directory: this.machines,
      publicKeys: [key(1).publicKey.hex],
      intervalMs: 10_000,
      manageIntervalMs: 10_000,
    }, {
      ...world,
      installer,
      kv: this.#kv,
      events: new MemorySink(),
      node: new FakeNode({ identity: "n1" }),
      process: this.#process(),
    });
    using _dead = nobodyHears(StoppedWorld);
    const controller = new AbortController();
    let failure: unknown;
    let ended = false;
    const running = agent.run({ signal: controller.signal }).catch((error) => failure = error)
      .finally(() => ended = true);
    let done = false;
    let status: NodeStatus | undefined;
    for (let ms = 0; ms < 1_000 * seconds && !done && !ended; ms += 500) {
      await clock.advance(500);
      // Unpacking is done by threads of the runtime: it takes real turns, not fake time.
      for (let n = 0; n < 4; n++) await clock.settle();
      try {
        status = agent.status();
      } catch (error) {
        // A killed process has no status; a living one always has.
        if (error instanceof StoppedWorld) break;
        throw error;
      }
      done = !ended && until(status);
    }
    controller.abort();
    await clock.until(running);
    await clock.until(installer.settled());
    return { done, status, failure, log };
  }

  /** Keeps the machines directory as it is now, for {@linkcode CrashNode.restore}. */
  keep(): void {
    copyTree(this.machines, `${this.path}/kept`);
  }

  /** Puts the machines directory back as it was kept. */
  async restore(): Promise<void> {
    await removeTree(this.machines);
    if (exists(`${this.path}/kept`)) copyTree(`${this.path}/kept`, this.machines);
  }

  /** What stands in a machine's directory, its own data left aside. */
  tree(name: string): Tree {
    const root = `${this.machines}/${name}`;
    if (!exists(root)) return undefined;
    const entries = listTree(root).filter(([path]) => !path.includes("machine_data.json"));
    return Object.fromEntries(entries.sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** Everything that should not be left after one cycle. */
  leftovers(): readonly string[] {
    const found: string[] = [];
    for (const [path] of listTree(this.machines)) {
      const inTmp = /^tmp\/./.test(path) && !path.startsWith("tmp/.seal");
      const inJournal = /^\.machinist\/(?:journal|exec)\/./.test(path);
      const isPart = path.endsWith(".new") || /\.part(\.json)?$/.test(path);
      if (inTmp || inJournal || isPart) found.push(path);
    }
    return found;
  }

  /** The witnesses of trust: both copies must outlive everything. */
  trust(): readonly (string | undefined)[] {
    return [".machinist/manager/trust.json", "tmp/.seal/manager.json"].map((path) =>
      attempt(() => Deno.readTextFileSync(`${this.machines}/${path}`))
    );
  }

  /** State files that are no JSON any more. */
  unreadable(): readonly string[] {
    return listTree(this.machines).filter(([path]) => path.endsWith(".json")).flatMap(
      ([path, content]) => {
        try {
          JSON.parse(content.slice(content.indexOf(" ") + 1));
          return [];
        } catch {
          return [path];
        }
      },
    );
  }

  /** Whether what stands beside the machines directory is as it was. */
  outside(): string {
    return JSON.stringify(listTree(`${this.path}/outside`));
  }

  /** The command of a machine: notes when it runs out of a tree that nobody signed. */
  #process(): Process {
    return {
      run: (_command, options: RunOptions) => {
        this.runs++;
        const found: Record<string, string> = {};
        for (const path of ["machine.yaml", "run.sh", "lib/data.txt"]) {
          found[path] = attempt(() => Deno.readTextFileSync(`${options.cwd}/${path}`)) ?? "";
        }
        if (!this.#signed.has(JSON.stringify(found))) this.violations.push(options.cwd);
        this.onRun(options.cwd);
        return Promise.resolve({
          code: 0,
          timedOut: false,
          output: new Uint8Array(),
          truncated: false,
        });
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.path);
  }
}

/** A process that was killed reports nothing: its errors that nobody caught are no fault. */
function nobodyHears(kind: typeof StoppedWorld): Disposable {
  const onError = (event: ErrorEvent) => {
    if (event.error instanceof kind) event.preventDefault();
  };
  const onRejection = (event: PromiseRejectionEvent) => {
    if (event.reason instanceof kind) event.preventDefault();
  };
  addEventListener("error", onError);
  addEventListener("unhandledrejection", onRejection);
  return {
    [Symbol.dispose]() {
      removeEventListener("error", onError);
      removeEventListener("unhandledrejection", onRejection);
    },
  };
}

/** Everything that is wanted is installed and runs, and nothing else is. */
function isGood({ spec, machines }: NodeStatus): boolean {
  return spec.sha256 !== null && spec.code === null && machines.length > 0 &&
    machines.every(({ wanted, code, state }) => wanted === true && code === "ok" && state !== null);
}

function listTree(root: string, prefix = ""): (readonly [path: string, content: string])[] {
  const found: (readonly [string, string])[] = [];
  for (const { name, isDirectory, isFile } of Deno.readDirSync(root)) {
    const path = `${root}/${name}`;
    const mode = ((Deno.lstatSync(path).mode ?? 0) & 0o7777).toString(8);
    if (isDirectory) {
      found.push([`${prefix}${name}/`, mode], ...listTree(path, `${prefix}${name}/`));
    } else found.push([prefix + name, isFile ? `${mode} ${Deno.readTextFileSync(path)}` : "other"]);
  }
  return found;
}

function exists(path: string): boolean {
  return attempt(() => Deno.lstatSync(path)) !== undefined;
}

/** In this process: a child of it would hold on to the agent's lock for a moment. */
function copyTree(from: string, to: string): void {
  if (!exists(from)) return;
  Deno.mkdirSync(to);
  for (const { name, isDirectory } of Deno.readDirSync(from)) {
    const [source, copy] = [`${from}/${name}`, `${to}/${name}`];
    if (isDirectory) copyTree(source, copy);
    else Deno.copyFileSync(source, copy);
  }
  Deno.chmodSync(to, (Deno.lstatSync(from).mode ?? 0) & 0o7777);
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
