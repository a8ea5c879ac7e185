// The bare floor: what any node must do, without a single check. Subscribes, fetches, gunzips, untars, makes
// durable, renames, and says so.
import { connect } from "@nats-io/transport-node";
import { gunzipSync } from "node:zlib";
import { untar } from "../untar.ts";

const [server = "", subject = "", directory = ""] = Deno.args;
const connection = await connect({ servers: server });
let count = 0;

connection.subscribe(subject, {
  callback: (_error, message) => void take(message.json<{ readonly url: string }>().url),
});
await connection.flush();
console.log("listening");

async function take(url: string): Promise<void> {
  const response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  const tar = gunzipSync(new Uint8Array(await response.arrayBuffer()));
  const stage = `${directory}/stage`;
  Deno.mkdirSync(stage);
  untar(tar, stage, { onFile: (file) => file.syncDataSync() });
  sync(stage);
  const live = `${directory}/live${count}`;
  Deno.renameSync(stage, live);
  sync(directory);
  console.log(`ready ${count++}`);
}

function sync(path: string): void {
  using directory = Deno.openSync(path);
  directory.syncSync();
}
