import { DenoFs } from "../../src/deno/fs.ts";
import type { Fs } from "../../src/ports/fs.ts";
import type { Neighbours } from "../../src/ports/neighbours.ts";
import { type Envelope, readEnvelope } from "../../src/spec/envelope.ts";
import { pack } from "../../src/spec/pack.ts";
import type { PrivateKey } from "../../src/spec/private_key.ts";
import { TrustedSet, type TrustedSetOptions } from "../../src/sets/trusted_set.ts";
import type { SetReport } from "../../src/sets/set_report.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { bytes, entry, key, specEntry } from "../spec/fixture.ts";
import { removeTree } from "../support/temporary.ts";

/** Noon of the day on which all tests of sets play. */
export const NOON = Date.UTC(2026, 10, 22, 12);

/** Remembers which directories were held, and for how long. */
export class FakeNeighbours implements Neighbours {
  /** `hold x` and `release x`, in order. */
  readonly seen: string[] = [];

  hold(directory: string, { signal }: { readonly signal: AbortSignal }): Promise<AsyncDisposable> {
    signal.throwIfAborted();
    this.seen.push(`hold ${directory}`);
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        this.seen.push(`release ${directory}`);
        return Promise.resolve();
      },
    });
  }
}

/** Options of {@linkcode envelope}. */
export interface EnvelopeOptions {
  /** Content of the `_spec` element; undefined: no such element. */
  readonly spec?: Record<string, unknown> | undefined;
  /** Signs. */
  readonly keys?: readonly PrivateKey[];
}

/** A signed envelope of machines, given by name or as whole entries. */
export function envelope(
  machines: readonly (string | Record<string, unknown>)[],
  { spec, keys = [key(1)] }: EnvelopeOptions = {},
): Envelope {
  const list = machines.map((item) => entry(typeof item === "string" ? { name: item } : item));
  const payload = JSON.stringify(spec === undefined ? list : [specEntry(spec), ...list]);
  return readEnvelope(bytes(pack(bytes(payload), { keys })));
}

/** A machines directory with a set, in a temporary directory. */
export class SetWorld implements AsyncDisposable {
  readonly machines: string;
  readonly stateDirectory: string;
  readonly clock = new FakeClock({ now: NOON });
  readonly log = new MemoryLog();
  readonly node = new FakeNode({ identity: "web1" });
  readonly neighbours = new FakeNeighbours();
  /** Names that were thrown away. */
  readonly discarded: string[] = [];
  readonly #options: Partial<TrustedSetOptions>;
  #fs: Fs = new DenoFs();
  set: TrustedSet;

  constructor(options: Partial<TrustedSetOptions> = {}) {
    this.#options = options;
    this.machines = Deno.makeTempDirSync({ prefix: "machinist-sets-" });
    this.stateDirectory = `${this.machines}/.machinist`;
    Deno.mkdirSync(this.stateDirectory, { mode: 0o700 });
    this.set = this.restart();
  }

  /** A new process over the same directories. */
  restart(options: Partial<TrustedSetOptions> = {}, fs: Fs = this.#fs): TrustedSet {
    this.#fs = fs;
    const { clock, log, node, neighbours, machines, stateDirectory } = this;
    this.set = new TrustedSet({
      owner: "manager",
      machines,
      stateDirectory,
      keys: [key(1).publicKey],
      purge: true,
      discard: (name) => {
        if (fs.lstat(`${machines}/${name}`) === undefined) return;
        fs.removeTree(`${machines}/${name}`);
        this.discarded.push(name);
      },
      ports: { fs, clock, log, node, neighbours },
      ...this.#options,
      ...options,
    });
    return this.set;
  }

  /** One settling. */
  settle(envelope: Envelope | undefined): Promise<SetReport> {
    return this.set.settle(envelope, { signal: new AbortController().signal });
  }

  /** Pretends that the manager of a machine has installed it. */
  install(...names: readonly string[]): void {
    for (const name of names) {
      Deno.mkdirSync(this.path(name), { recursive: true });
      Deno.writeTextFileSync(this.path(`${name}/machine.yaml`), `name: ${name}\n`);
    }
  }

  /** A path below the machines directory. */
  path(relative: string): string {
    return `${this.machines}/${relative}`;
  }

  /** Names of the directories, state and staging left out. */
  names(): readonly string[] {
    return [...Deno.readDirSync(this.machines)].map(({ name }) => name)
      .filter((name) => !name.startsWith(".") && name !== "tmp").sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeTree(this.machines);
  }
}

/** What most tests look at in a report. */
export function brief({ result, code, written, removed, machines }: SetReport) {
  return {
    result,
    code,
    written,
    removed,
    machines: machines.map(({ name, wanted, code }) =>
      `${name} ${wanted}${code === undefined ? "" : ` ${code}`}`
    ),
  };
}
