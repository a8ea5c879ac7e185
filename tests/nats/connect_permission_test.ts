import { match, strictEqual } from "node:assert";
import { startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

const SCRIPT = `
import { connectNats } from "${ROOT}src/nats/connect.ts";
import { DenoClock } from "${ROOT}src/deno/clock.ts";
import { createLog } from "${ROOT}src/deno/log.ts";
const ports = { clock: new DenoClock(), log: createLog({ level: "error" }), random: Math.random };
const world = await connectNats({ servers: [Deno.args[0]], timeoutMs: 2000 }, ports);
try {
  await world.ready();
  const controller = new AbortController();
  for await (const _ of world.kv.bucket("B").changes("k", { signal: controller.signal })) {
    const result = await world.kv.bucket("B").get("k", { newerThan: 1 });
    if (result.kind === "value") controller.abort();
    else console.log(result.kind);
  }
  console.log("done");
} catch (error) {
  console.log(error.code, error.message);
}
await world[Symbol.asyncDispose]();
`;

async function run(
  url: string,
  flags: readonly string[],
  onLine: (line: string) => void,
): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--no-check",
      "-q",
      `--config=${ROOT}deno.json`,
      ...flags,
      "-",
      url,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(SCRIPT));
  await writer.close();
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    onLine(text);
  }
  await child.status;
  return text;
}

for (const host of ["127.0.0.1", "localhost"]) {
  Deno.test(`connectNats() reads and watches with --allow-net=${host}:PORT alone`, async () => {
    await using server = await startNatsServer();
    await using world = await openWorld(server);
    await world.kv.createBucket("B");
    await world.kv.bucket("B").put("k", new Uint8Array([1]));
    let unchanged = 0;
    const place = `${host}:${server.port}`;
    const text = await run(`nats://${place}`, [`--allow-net=${place}`], (line) => {
      // The second wake-up says that the subscription stands.
      if (line.split("unchanged").length - 1 < 2 || unchanged++ > 0) return;
      world.kv.bucket("B").put("k", new Uint8Array([2]));
    });
    match(text, /done/);
  });
}

Deno.test("connectNats() fails with permission, naming the flag, when Deno refuses", async () => {
  const text = await run("nats://127.0.0.1:4222", ["--allow-net=127.0.0.1:1"], () => {});
  strictEqual(text.split(" ")[0], "permission");
  match(text, /--allow-net=127\.0\.0\.1:4222/);
});
