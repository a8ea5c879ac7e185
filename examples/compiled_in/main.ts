/**
 * A node whose list and key are part of the program: `main.ts DIRECTORY [NAME]`. Nobody can give it another list, and it
 * needs no store.
 */
import key from "./publisher.pub" with { type: "text" };
import specification from "./spec.json" with { type: "text" };
import { Agent, denoPorts, DirectoryKv, readPublicKey, WorkerInstaller } from "../../mod.ts";

const [directory, identity] = Deno.args;
if (directory === undefined || !directory.startsWith("/")) {
  throw new TypeError('Cannot run the node: say "main.ts /path/of/machines [name]"');
}
const stateDirectory = `${directory}/.machinist`;
const { fetch, ...ports } = denoPorts({ node: identity === undefined ? {} : { identity } });
// Machines may have kv watchers of their own: they find an empty store.
const kv = new DirectoryKv({ ...ports, directory: `${stateDirectory}/store` });
await using installer = new WorkerInstaller({ ...ports, fetch, stateDirectory });
await using agent = new Agent(
  { directory, specification, publicKeys: [readPublicKey(key).hex] },
  { ...ports, kv, installer, events: { publish() {} } },
);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, () => stop.abort());
}
await agent.run({ signal: stop.signal });
