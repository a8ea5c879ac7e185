import { Agent } from "../../src/agent/agent.ts";
import type { MachineReport } from "../../src/agent/node_status.ts";
import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import type { Process } from "../../src/ports/process.ts";
import { pack } from "../../src/spec/pack.ts";
import {
  FakeClock,
  FakeNode,
  MemoryKv,
  MemoryLog,
  MemorySink,
  TestHttp,
} from "../../src/testing/mod.ts";
import { bytes, key } from "../spec/fixture.ts";
import { type MachineArchive, machineArchive } from "../support/machine_archive.ts";
import { type TemporaryDirectory, temporaryDirectory } from "../support/temporary.ts";

/** Milliseconds between checks of each machine. */
export const INTERVAL_MS = 60_000;

/** Options of {@linkcode machine}. */
export interface MachineOptions {
  /** @default {"1.0.0"} */
  readonly version?: string;
  /** Whether it runs a command of its own, every five seconds. */
  readonly runs?: boolean;
}

/** A machine that stays in RUN. */
export function machine(name: string, options: MachineOptions = {}): MachineArchive {
  const { version = "1.0.0", runs = false } = options;
  const watcher = runs
    ? "{name: work, type: exec, interval: 5s, properties: {command: ./run.sh}}"
    : "{name: wait, type: timer, state_match: [REST], properties: {timer: 1h}}";
  return machineArchive({
    name,
    files: {
      "machine.yaml": `name: ${name}
version: ${version}
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers: [${watcher}]
`,
      "run.sh": "#!/bin/sh\necho well\n",
      "lib/data.txt": `${name} ${version}\n`,
    },
  });
}

/** A node whose clock, servers and commands are the test's: agent, host, watchers, installer and files are real. */
export class AgentRig implements AsyncDisposable {
  readonly http = new TestHttp();
  readonly log = new MemoryLog();
  readonly machines: string;
  readonly #directory: TemporaryDirectory;
  readonly #kv = new MemoryKv({ buckets: ["MACHINES"] });
  #clock = new FakeClock();
  #life: Life | undefined;
  /** Commands that ran: the directory and the text of the script at that moment. */
  readonly ran: string[] = [];

  private constructor(directory: TemporaryDirectory) {
    this.#directory = directory;
    this.machines = `${directory.path}/machines`;
  }

  /** A publisher; no node runs yet. */
  static async open(): Promise<AgentRig> {
    return new AgentRig(await temporaryDirectory());
  }

  /** The directory around the machines directory. */
  get path(): string {
    return this.#directory.path;
  }

  /** Publishes a signed list, and serves its archives. */
  async publish(archives: readonly MachineArchive[]): Promise<void> {
    const entries = archives.map(({ name, checksum, verifyChecksum, bytes }) => {
      const source = `http://files.test/${checksum}.tgz`;
      this.http.on(source, bytes);
      return { name, source, checksum, verify_checksum: verifyChecksum };
    });
    const text = pack(bytes(JSON.stringify(entries)), { keys: [key(1)] });
    await this.#kv.bucket("MACHINES").put("machines", bytes(text));
  }

  /** No server has this archive any more, and neither has the node's cache any. */
  lose(archive: MachineArchive): void {
    this.http.off(`http://files.test/${archive.checksum}.tgz`);
    Deno.removeSync(`${this.machines}/.machinist/cache`, { recursive: true });
  }

  /** Starts an agent, as a new process would be one. */
  start(): void {
    this.#clock = new FakeClock({ now: Date.now() + 1_000 });
    const stop = new AbortController();
    const stateDirectory = `${this.machines}/.machinist`;
    const { fetch } = this.http;
    const world = { clock: this.#clock, log: this.log, fs: new DenoFs(), random: () => 0.5 };
    const installer = new ArchiveInstaller({ ...world, fetch, stateDirectory });
    const agent = new Agent({
      directory: this.machines,
      publicKeys: [key(1).publicKey.hex],
      intervalMs: INTERVAL_MS,
      manageIntervalMs: INTERVAL_MS,
    }, {
      ...world,
      installer,
      kv: this.#kv,
      events: new MemorySink(),
      node: new FakeNode({ identity: "n1" }),
      process: this.#process(),
    });
    const running = agent.run({ signal: stop.signal });
    running.catch(() => {});
    this.#life = { agent, installer, stop, running };
  }

  /** Ends the agent cleanly. */
  async stop(): Promise<void> {
    if (this.#life === undefined) return;
    const { installer, stop, running } = this.#life;
    this.#life = undefined;
    stop.abort();
    await this.#clock.until(running);
    await this.#clock.until(installer.settled());
  }

  /** Lets time pass; unpacking is done by threads of the runtime, and takes real turns. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      await this.#clock.advance(Math.min(250, left));
      for (let n = 0; n < 4; n++) await this.#clock.settle();
    }
  }

  /** Lets time pass until `probe` holds; the milliseconds that it took. Throws after `limitMs`. */
  async until(what: string, probe: () => boolean, limitMs = 120_000): Promise<number> {
    for (let ms = 0; ms <= limitMs; ms += 250) {
      if (probe()) return ms;
      await this.pass(250);
    }
    const seen = JSON.stringify(this.#life?.agent.status().machines, null, 1);
    throw new Error(
      `Cannot see ${what}: not within ${limitMs} ms\n${seen}\n${this.log.text().slice(-3_000)}`,
    );
  }

  /** What the node reports of a machine. */
  of(name: string): MachineReport | undefined {
    return this.#life?.agent.status().machines.find((report) => report.name === name);
  }

  /** Whether a machine runs with all well. */
  runs(name: string, version = "1.0.0"): boolean {
    const report = this.of(name);
    return report?.state === "RUN" && report.code === "ok" && report.version === version;
  }

  /** Fires an event by hand, through the letter box of the running agent. */
  async fire(machine: string, event: string): Promise<void> {
    const box = `${this.machines}/.machinist/control/${crypto.randomUUID()}`;
    Deno.writeTextFileSync(`${box}.new`, JSON.stringify({ machine, event }));
    Deno.renameSync(`${box}.new`, `${box}.json`);
    let answer = "";
    await this.until("an answer", () => {
      try {
        answer = Deno.readTextFileSync(`${box}.answer`);
        return true;
      } catch {
        return false;
      }
    });
    if (answer !== '{"ok":true}') throw new Error(`Cannot fire "${event}": ${answer}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.#directory[Symbol.asyncDispose]();
  }

  #process(): Process {
    return {
      run: (_command, { cwd }) => {
        this.ran.push(`${cwd.split("/").at(-1)} ${Deno.readTextFileSync(`${cwd}/run.sh`)}`);
        const output = new Uint8Array();
        return Promise.resolve({ code: 0, timedOut: false, output, truncated: false });
      },
    };
  }
}

interface Life {
  readonly agent: Agent;
  readonly installer: ArchiveInstaller;
  readonly stop: AbortController;
  readonly running: Promise<void>;
}
