import { DenoFs } from "../../src/deno/fs.ts";
import type { MachineDefinition, WatcherDefinition } from "../../src/machine/definition.ts";
import { Machine, type MachineOptions } from "../../src/machine/machine.ts";
import type {
  Outcome,
  WakeOptions,
  WatchContext,
  Watcher,
  WatcherPace,
  WatcherType,
} from "../../src/machine/watcher.ts";
import type { Ports } from "../../src/ports/ports.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";
import { FakeProcess } from "../../src/testing/fake_process.ts";
import { MemoryKv } from "../../src/testing/memory_kv.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { MemorySink } from "../../src/testing/memory_sink.ts";
import { temporaryDirectory } from "../support/temporary.ts";

export const SUCCESS: Outcome = { result: "success", reason: "fine" };
export const FAILURE: Outcome = { result: "failure", reason: "not fine", code: "bad" };
export const UNCHANGED: Outcome = { result: "unchanged", reason: "as before" };

/** A watcher type whose watchers do what the test says, by their name. */
export class ScriptedWatchers implements WatcherType {
  readonly type = "scripted";
  /** Every look so far: `<watcher> <cause>`. */
  readonly looks: string[] = [];
  readonly contexts: WatchContext[] = [];
  readonly #scripts = new Map<string, Script>();

  on(name: string, script: Script): this {
    this.#scripts.set(name, script);
    return this;
  }

  create(properties: Readonly<Record<string, unknown>>): Watcher {
    if ("broken" in properties) throw new TypeError(`Cannot read property "broken": it is broken`);
    const name = String(properties["script"]);
    const { watch = () => UNCHANGED, reads, pace, wakes } = this.#scripts.get(name) ?? {};
    return {
      watch: async (context) => {
        this.looks.push(`${context.watcher.name} ${context.cause}`);
        this.contexts.push(context);
        return await watch(context);
      },
      ...(reads === undefined ? {} : { reads }),
      ...(pace === undefined ? {} : { pace }),
      ...(wakes === undefined ? {} : { wakes }),
    };
  }
}

/** What one scripted watcher does. */
export interface Script {
  readonly watch?: (context: WatchContext) => Outcome | Promise<Outcome>;
  readonly reads?: readonly string[];
  readonly pace?: WatcherPace;
  readonly wakes?: (options: WakeOptions) => AsyncIterable<void>;
}

/** A definition with states OFF and ON, and what the test adds. */
export function definition(
  watchers: readonly (Partial<WatcherDefinition> & { readonly name: string })[],
  rest: Partial<MachineDefinition> = {},
): MachineDefinition {
  return {
    name: "lamp",
    version: "1.0.0",
    initialState: "OFF",
    transitions: [
      { name: "start", from: ["OFF"], destination: "ON" },
      { name: "stop", from: ["ON"], destination: "OFF" },
      { name: "stay", from: ["OFF"], destination: "OFF" },
    ],
    watchers: watchers.map((watcher) => ({
      type: "scripted",
      ...watcher,
      properties: { script: watcher.name, ...watcher.properties },
    })),
    ...rest,
  };
}

/** A world for machines, in a temporary directory. */
export async function world(options: { readonly random?: () => number } = {}) {
  const directory = await temporaryDirectory();
  const clock = new FakeClock();
  const log = new MemoryLog();
  const events = new MemorySink();
  const types = new ScriptedWatchers();
  const node = new FakeNode();
  const ports: Ports = {
    clock,
    fs: new DenoFs(),
    kv: new MemoryKv(),
    process: new FakeProcess(),
    log,
    events,
    node,
    installer: {
      install: () => Promise.reject(new Error("no installer")),
      check: () => Promise.reject(new Error("no installer")),
    },
    neighbours: { hold: () => Promise.reject(new Error("no neighbours")) },
    admission: { admit: () => Promise.resolve({ ok: true }) },
    random: options.random ?? (() => 0),
  };
  return {
    path: directory.path,
    clock,
    log,
    events,
    types,
    node,
    ports,
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

export type World = Awaited<ReturnType<typeof world>>;

/** Starts a machine of the scripted type; disposing stops it. */
export async function start(
  it: World,
  what: MachineDefinition,
  more: Partial<MachineOptions> = {},
) {
  const directory = `${it.path}/${what.name}`;
  await Deno.mkdir(directory, { recursive: true });
  const machine = new Machine({
    definition: what,
    directory,
    machinesDirectory: it.path,
    stateDirectory: `${it.path}/.machinist`,
    types: [it.types],
    ports: it.ports,
    ...more,
  });
  const controller = new AbortController();
  const running = machine.run({ signal: controller.signal });
  // A test that expects a failure awaits it itself.
  running.catch(() => {});
  await it.clock.settle();
  return {
    machine,
    running,
    stop: async () => {
      controller.abort();
      await running;
    },
    [Symbol.asyncDispose]: async () => {
      controller.abort();
      await running.catch(() => {});
    },
  };
}
