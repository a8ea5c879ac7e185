/**
 * The main job in under half a minute, on the embedded store and loopback alone: a key pair, two machines packed,
 * signed and pushed, a node that deploys and runs them, a tampered file repaired, a machine removed and purged.
 * Uses nothing but the public module.
 */
import { Narrator } from "./narrator.ts";
import { startNode } from "./node.ts";
import { Publisher } from "./publisher.ts";

/** The whole of it may take this long. */
const LIMIT_MS = 28_000;

const started = performance.now();
const scratch = new URL("./scratch/", import.meta.url).pathname;
await Deno.mkdir(scratch, { recursive: true });
const directory = await Deno.makeTempDir({ dir: scratch });
const machines = `${directory}/machines`;
const say = new Narrator((line) => console.log(line));
const limit = AbortSignal.timeout(LIMIT_MS);

try {
  say.chapter("An operator makes a key pair, builds two machines, and signs the list of them");
  await using publisher = await Publisher.start({ directory, say });
  await publisher.build(["facts", "beacon"]);
  await publisher.push(["facts", "beacon"]);

  say.chapter("A node that trusts the public key, and knows nothing else, starts");
  await using node = startNode({ machines, store: publisher.store, key: publisher.publicKey, say });
  await say.until("Deployed", { machine: "facts" }, limit);
  await say.until("Deployed", { machine: "beacon" }, limit);
  await say.until("The machine has another state", { machine: "facts", to: "FRESH" }, limit);
  await say.until("The machine has another state", { machine: "beacon", to: "ON" }, limit);

  say.chapter("Somebody changes a script of a running machine; it is found, and put right");
  await Deno.writeTextFile(`${machines}/facts/gather.sh`, "echo owned\n", { append: true });
  await say.until("Repaired", { machine: "facts" }, limit);

  say.chapter("The operator takes one machine off the list");
  await publisher.push(["facts"]);
  await say.until("Purged", { machine: "beacon" }, limit);

  say.chapter("What the node has now");
  for (const { name, installed, state, reason } of node.agent.status().machines) {
    say.line(`${name}: ${installed ? `installed, in state ${state}` : "gone"}: ${reason}`);
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
console.log(`\nDone in ${seconds} s. Next: README.md shows the same with your own NATS server.`);
