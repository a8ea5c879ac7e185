import { DenoFs } from "../../src/deno/fs.ts";
import { Machine } from "../../src/machine/machine.ts";
import { parseManifest } from "../../src/machine/manifest.ts";
import type { Ports } from "../../src/ports/ports.ts";
import {
  FakeClock,
  FakeNode,
  FakeProcess,
  MemoryKv,
  MemoryLog,
  MemorySink,
} from "../../src/testing/mod.ts";
import { BUILT_IN_WATCHERS } from "../../src/watchers/built_in.ts";
import { temporaryDirectory } from "../support/temporary.ts";

/** A whole machine with the watchers of a manifest, in a directory of its own. */
export class MachineRig implements AsyncDisposable {
  readonly clock = new FakeClock({ now: Date.UTC(2026, 0, 1, 12) });
  readonly kv = new MemoryKv({
    buckets: ["B", "MACHINES"],
    now: () => this.clock.now(),
  });
  readonly process = new FakeProcess();
  readonly states: string[] = [];
  readonly machine: Machine;
  readonly directory: string;
  readonly machines: string;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #temporary: AsyncDisposable;

  private constructor(
    manifest: string,
    temporary: AsyncDisposable & { readonly path: string },
  ) {
    this.#temporary = temporary;
    this.machines = temporary.path;
    this.directory = `${temporary.path}/lamp`;
    Deno.mkdirSync(this.directory);
    Deno.mkdirSync(`${temporary.path}/.machinist`);
    const { definition } = parseManifest(manifest);
    this.machine = new Machine({
      definition,
      directory: this.directory,
      machinesDirectory: temporary.path,
      stateDirectory: `${temporary.path}/.machinist`,
      types: BUILT_IN_WATCHERS,
      ports: this.#ports(),
      onTransition: ({ event }) => this.states.push(`${this.#time()} ${event}`),
    });
    this.#running = this.machine.run({ signal: this.#stop.signal });
  }

  static async create(manifest: string): Promise<MachineRig> {
    return new MachineRig(manifest, await temporaryDirectory());
  }

  get data(): unknown {
    return JSON.parse(Deno.readTextFileSync(`${this.directory}/machine_data.json`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#temporary[Symbol.asyncDispose]();
  }

  #time(): string {
    return new Date(this.clock.now()).toISOString().slice(11, 16);
  }

  #ports(): Ports {
    const unused = () => Promise.reject(new Error("Cannot be asked: no archive here"));
    return {
      clock: this.clock,
      fs: new DenoFs(),
      kv: this.kv,
      process: this.process,
      log: new MemoryLog(),
      events: new MemorySink(),
      node: new FakeNode({ commands: ["facter"] }),
      installer: { install: unused, check: unused },
      neighbours: { hold: unused },
      admission: { admit: () => Promise.resolve({ ok: true }) },
      random: () => 0,
    };
  }
}
