import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { Agent, type AgentWorld } from "../../src/agent/agent.ts";
import type { AgentOptions } from "../../src/agent/agent_options.ts";
import { ArchiveInstaller } from "../../src/archive/archive_installer.ts";
import { buildArchive } from "../../src/archive/build.ts";
import { denoPorts } from "../../src/deno/ports.ts";
import { pack } from "../../src/spec/pack.ts";
import { generateKeyPair, PrivateKey } from "../../src/spec/private_key.ts";
import { MemoryKv } from "../../src/testing/memory_kv.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { MemorySink } from "../../src/testing/memory_sink.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "../e2e/until.ts";

const MANIFEST = `name: one
version: 1.0.0
initial_state: START
transitions: [{ name: begin, from: [START], destination: RUN }]
watchers: [{ name: t, type: timer, state_match: [RUN], properties: { timer: 1h } }]
`;

/** A node in this process: real files and time, a store in memory, one archive on an HTTP double. */
async function fixture(options: Partial<AgentOptions> = {}) {
  const directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  const pair = generateKeyPair();
  const log = new MemoryLog();
  const kv = new MemoryKv({ buckets: ["MACHINES"] });
  const { fetch: _fetch, ...ports } = denoPorts({ node: { identity: "n1" } });
  Deno.mkdirSync(`${directory.path}/one`);
  Deno.writeTextFileSync(`${directory.path}/one/machine.yaml`, MANIFEST);
  const built = await buildArchive(ports.fs, `${directory.path}/one`, { name: "one" });
  const fetch = () => Promise.resolve(new Response(built.bytes.slice()));
  const stateDirectory = `${machines}/.machinist`;
  const installer = new ArchiveInstaller({ ...ports, log, fetch, stateDirectory });
  const events = new MemorySink();
  const world: AgentWorld = { ...ports, log, kv, installer, events };
  const entry = {
    name: "one",
    source: "http://archives.example.net/one-1.0.0.tgz",
    checksum: built.checksum,
    verify_checksum: built.verifyChecksum,
  };
  const packed = pack(new TextEncoder().encode(JSON.stringify([entry])), {
    keys: [PrivateKey.parse(pair.privateKey)],
  });
  const make = (more: Partial<AgentOptions> = {}) =>
    new Agent({ directory: machines, publicKeys: [pair.publicKey], ...options, ...more }, world);
  return {
    directory,
    machines,
    kv,
    log,
    events,
    packed,
    make,
    installer,
    publish: () => kv.bucket("MACHINES").put("machines", new TextEncoder().encode(packed)),
  };
}

Deno.test("Agent.run() deploys and runs what the store holds, and stops when told", async () => {
  const node = await fixture();
  await using _directory = node.directory;
  await node.publish();
  const stop = new AbortController();
  await using agent = node.make();
  const running = agent.run({ signal: stop.signal });
  await until("one running", () => agent.status().machines[0]?.state === "START");
  deepStrictEqual(agent.status().machines.map(({ name, code }) => [name, code]), [["one", "ok"]]);
  agent.wake();
  throws(() => agent.run({ signal: stop.signal }), TypeError);
  stop.abort();
  await running;
  strictEqual(agent.status().machines[0]?.state, null);
  await agent[Symbol.asyncDispose]();
  await node.installer.settled();
});

Deno.test("Agent.runOnce() converges without running anything, from a list that is compiled in", async () => {
  const node = await fixture();
  await using _directory = node.directory;
  const { signal } = new AbortController();
  await using agent = node.make({ specification: node.packed, role: "manage" });
  const status = await agent.runOnce({ signal });
  deepStrictEqual(
    status.machines.map(({ name, installed, state, code }) => [name, installed, state, code]),
    [["one", true, null, "ok"]],
  );
  await node.installer.settled();
});

Deno.test("Agent.runOnce() gives up when time is out or it is told to", async () => {
  const node = await fixture({ bucket: "NONE" });
  await using _directory = node.directory;
  const { signal } = new AbortController();
  {
    await using agent = node.make({ types: [never()] });
    const { spec } = await agent.runOnce({ signal, timeoutMs: 50 });
    strictEqual(spec.sha256, null);
  }
  const stop = new AbortController();
  await using agent = node.make({ types: [never()] });
  const running = rejects(agent.runOnce({ signal: stop.signal }), /enough/);
  stop.abort(new Error("enough"));
  await running;
});

/** A kv watcher that never comes back by itself. */
function never() {
  return {
    type: "kv",
    create: () => ({
      watch: ({ signal }: { readonly signal: AbortSignal }) =>
        new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        }),
    }),
  };
}

Deno.test("Agent.run() rejects when another one holds the directory, and leaves it alone (#202)", async () => {
  const node = await fixture();
  await using _directory = node.directory;
  const stop = new AbortController();
  await using first = node.make();
  const running = first.run({ signal: stop.signal });
  await until("the first to run", () => first.status().spec.code === "spec_absent");
  await using second = node.make();
  await rejects(second.run({ signal: stop.signal }), { name: "AgentError", code: "locked" });
  stop.abort();
  await running;
});

Deno.test("Agent hosts machines of the directory without a manager, and forwards their events", async () => {
  const node = await fixture({ manager: false });
  await using _directory = node.directory;
  Deno.mkdirSync(`${node.machines}/lamp`, { recursive: true });
  const text = MANIFEST.replace("name: one", "name: lamp")
    .replace("state_match: [RUN]", "state_match: [START], fail_transition: begin")
    .replace("timer: 1h", "timer: 1s");
  Deno.writeTextFileSync(`${node.machines}/lamp/machine.yaml`, text);
  const stop = new AbortController();
  await using agent = node.make();
  const running = agent.run({ signal: stop.signal });
  await until("the lamp in RUN", () => agent.status().machines[0]?.state === "RUN");
  deepStrictEqual(
    agent.status().machines.map(({ name, wanted, code }) => [name, wanted, code]),
    [["lamp", null, "unmanaged"]],
  );
  strictEqual(
    node.events.events.some(({ subject }) => subject === "choria.machine.transition"),
    true,
  );
  stop.abort();
  await running;
});
