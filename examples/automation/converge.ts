/**
 * The chain from the store to the disk, looked at once, by the watchers' own classes: `converge.ts STORE MACHINES KEY`. For a cron job,
 * or the build of an image. No agent may run in the same directory meanwhile.
 */
import {
  ArchiveWatcher,
  denoPorts,
  DirectoryKv,
  KvWatcher,
  type MachineFacts,
  MachinesWatcher,
  type Outcome,
  parseManifest,
  WorkerInstaller,
} from "../../mod.ts";
import { lookOnce } from "./look_once.ts";

const [store = "", machines = "", key = ""] = Deno.args;
if (!store.startsWith("/") || !machines.startsWith("/")) {
  throw new TypeError('Cannot converge: say "converge.ts /path/of/store /path/of/machines KEY"');
}
const stateDirectory = `${machines}/.machinist`;
const { fetch, ...ports } = denoPorts({ node: { identity: "web1" } });
const log = { ...ports.log, info() {} };
await using kv = new DirectoryKv({ ...ports, directory: store });
await using installer = new WorkerInstaller({ ...ports, log, fetch, stateDirectory });
// Nothing runs here that would have to be stopped before its directory is replaced, or asked whether it may.
const neighbours = { hold: () => Promise.resolve({ async [Symbol.asyncDispose]() {} }) };
const admission = { admit: () => Promise.resolve({ ok: true } as const) };
const world = { ...ports, log, kv, installer, neighbours, admission };

await Deno.mkdir(stateDirectory, { recursive: true, mode: 0o700 });

/** In whose name the watchers look. */
const machine = (name: string, directory: string): MachineFacts => ({
  name,
  version: "1.0.0",
  identity: ports.node.identity,
  instance: crypto.randomUUID(),
  directory,
  machines,
  stateDirectory,
  state: "MANAGE",
});

/** Tells what a look found; false when it failed. */
function tell(what: string, { result, reason }: Outcome): boolean {
  console.log(`${what}: ${result}: ${reason}`);
  return result !== "failure";
}

// Inside the state directory it is the node's own manager: an agent that runs here later goes on where this ended.
const manager = machine("machine_manager", `${stateDirectory}/manager`);

const specification = await lookOnce(
  KvWatcher.create({ bucket: "MACHINES", key: "machines", bucket_prefix: false }, world),
  { machine: manager },
);
let isGood = tell("kv", specification);

const set = await lookOnce(
  MachinesWatcher.create({ data_item: "machines", public_key: key, purge_unknown: true }, world),
  { machine: manager, data: specification.data ?? {} },
);
isGood = tell("machines", set) && isGood;

for await (const { name, isDirectory } of Deno.readDir(machines)) {
  if (!isDirectory || !name.startsWith("mm_")) continue;
  const directory = `${machines}/${name}`;
  const { definition } = parseManifest(await Deno.readTextFile(`${directory}/machine.yaml`));
  for (const { type, properties = {} } of definition.watchers) {
    if (type !== ArchiveWatcher.type) continue;
    const watcher = ArchiveWatcher.create(properties, world);
    isGood = tell(name, await lookOnce(watcher, { machine: machine(name, directory) })) && isGood;
  }
}
Deno.exitCode = isGood ? 0 : 1;
