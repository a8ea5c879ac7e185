import { Host } from "../../src/host/host.ts";
import type { HostOptions } from "../../src/host/host_options.ts";
import type { HostedMachine, HostStatus } from "../../src/host/hosted_machine.ts";
import { type World, world } from "../machine/harness.ts";

/** A manifest whose watchers are of the scripted type. */
export function manifest(name: string, watchers: readonly string[] = ["w"], version = "1"): string {
  return `name: ${name}
version: ${version}.0.0
initial_state: "OFF"
transitions:
  - { name: start, from: ["OFF"], destination: "ON" }
  - { name: stop, from: ["ON"], destination: "OFF" }
watchers:
${
    watchers.map((it) => `  - { name: ${it}, type: scripted, properties: { script: ${it} } }`).join(
      "\n",
    )
  }
`;
}

/** A machines directory, a host that runs it, and what a test does to them. */
export class HostFixture implements AsyncDisposable {
  readonly it: World;
  readonly machines: string;
  readonly host: Host;
  readonly statuses: HostStatus[] = [];
  readonly #controller = new AbortController();
  #running: Promise<void> | undefined;

  constructor(it: World, options: Partial<HostOptions> = {}) {
    this.it = it;
    this.machines = `${it.path}/machines`;
    this.host = new Host({
      directory: this.machines,
      stateDirectory: `${this.machines}/.machinist`,
      types: [it.types],
      ports: it.ports,
      onStatus: (status) => this.statuses.push(status),
      ...options,
    });
  }

  /** Puts a file below the machines directory, whole and by rename. */
  async put(path: string, text: string): Promise<void> {
    const file = `${this.machines}/${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(`${file}.new`, text);
    await Deno.rename(`${file}.new`, file);
  }

  async start(): Promise<this> {
    this.#running = this.host.run({ signal: this.#controller.signal });
    await this.it.clock.settle();
    return this;
  }

  /** Has the directory listed at once. */
  async wake(): Promise<void> {
    this.host.wake();
    await this.it.clock.settle();
  }

  /** One directory's status. */
  of(directory: string): HostedMachine | undefined {
    return this.host.status().machines.find((machine) => machine.directory === directory);
  }

  /** All directories as `<directory> <phase> <version> [<code>]`. */
  phases(): readonly string[] {
    return this.host.status().machines.map(({ directory, phase, machine, problem }) =>
      [directory, phase, machine?.version, problem && `[${problem.code}]`]
        .filter((part) => part !== undefined).join(" ")
    );
  }

  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await this.it[Symbol.asyncDispose]();
  }
}

export async function hosted(options: Partial<HostOptions> = {}): Promise<HostFixture> {
  return new HostFixture(await world(), options);
}
