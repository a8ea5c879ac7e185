import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { connect } from "@nats-io/transport-node";
import type { KvBucket, KvResult } from "../../src/ports/kv.ts";
import { failsWith } from "../support/kv_contract.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (result: KvResult) =>
  result.kind === "value" ? new TextDecoder().decode(result.value) : result.kind;

/** Follows a key as an agent does: asks at every wake-up, until it reads `wanted`. */
async function follow(bucket: KvBucket, wanted: string, signal?: AbortSignal): Promise<void> {
  const controller = new AbortController();
  signal?.addEventListener("abort", () => controller.abort(signal.reason));
  let known: number | undefined;
  for await (const _ of bucket.changes("k", { signal: controller.signal })) {
    try {
      const result = await bucket.get("k", known === undefined ? {} : { newerThan: known });
      known = result.revision ?? known;
      if (text(result) === wanted) controller.abort();
    } catch {
      // The next wake-up tells when to ask again.
    }
  }
  signal?.throwIfAborted();
}

async function removeStream(server: NatsServer, name: string): Promise<void> {
  const connection = await connect({ servers: server.url });
  await connection.request(`$JS.API.STREAM.DELETE.${name}`);
  await connection.close();
}

Deno.test("NatsBucket.changes() goes on when the server is killed and started again (#191)", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.kv.createBucket("B");
  const bucket = world.kv.bucket("B");
  await bucket.put("k", bytes("one"));
  const following = follow(bucket, "three");
  strictEqual(text(await bucket.get("k")), "one");
  await server.kill();
  await rejects(bucket.get("k"), failsWith("unreachable"));
  strictEqual(world.status.connected, false);
  await server.start();
  await using publisher = await openWorld(server);
  await publisher.ready();
  await publisher.kv.bucket("B").put("k", bytes("two"));
  await publisher.kv.bucket("B").put("k", bytes("three"));
  await following;
  strictEqual(text(await bucket.get("k")), "three");
  strictEqual(world.status.connections, 2);
});

Deno.test("connectNats() begins without a server and finds it once it is there (#188)", async () => {
  await using server = await startNatsServer();
  await using maker = await openWorld(server);
  await maker.kv.createBucket("B");
  await maker.kv.bucket("B").put("k", bytes("one"));
  await server.stop();
  const begun = performance.now();
  await using world = await openWorld(server);
  ok(performance.now() - begun < 500);
  await rejects(world.ready(), failsWith("unreachable"));
  const following = follow(world.kv.bucket("B"), "one");
  await server.start();
  await following;
  match(world.log.text(), /trying on/);
});

Deno.test("NatsBucket.changes() hears a bucket that was made anew (#190)", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await using publisher = await openWorld(server);
  await world.kv.createBucket("B");
  const bucket = world.kv.bucket("B");
  for (let i = 0; i < 5; i++) await bucket.put("k", bytes(`old ${i}`));
  const following = follow(bucket, "new");
  await removeStream(server, "KV_B");
  deepStrictEqual(await bucket.get("k", { newerThan: 5 }), { kind: "absent", why: "no_bucket" });
  await publisher.kv.createBucket("B");
  await publisher.kv.bucket("B").put("k", bytes("new"));
  await following;
});

Deno.test("NatsBucket.get() gives up a connection on which nothing answers (#189)", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server, { timeoutMs: 300 });
  await world.kv.createBucket("B");
  const bucket = world.kv.bucket("B");
  await bucket.put("k", bytes("one"));
  server.pause();
  // The signal takes a moment to reach all of its threads.
  await rejects(async () => {
    for (;;) await bucket.get("k");
  }, failsWith("unreachable"));
  while (world.status.connected) await new Promise((resolve) => setTimeout(resolve, 20));
  server.resume();
  await follow(bucket, "one");
});

Deno.test("NatsBucket.changes() needs no consumer", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.kv.createBucket("B");
  const following = follow(world.kv.bucket("B"), "one");
  await world.kv.bucket("B").put("k", bytes("one"));
  await following;
  const connection = await connect({ servers: server.url });
  const answer = await connection.request("$JS.API.STREAM.INFO.KV_B");
  const info = JSON.parse(new TextDecoder().decode(answer.data));
  strictEqual(info.state.consumer_count, 0);
  strictEqual(info.config.republish.dest, "mm.B.>");
  await connection.close();
});

for (const republish of [false, true]) {
  Deno.test(`NatsBucket.changes() hears a bucket made by others ${republish ? "with" : "without"} republish`, async () => {
    await using server = await startNatsServer();
    const connection = await connect({ servers: server.url });
    const config = {
      name: "KV_B",
      subjects: ["$KV.B.>"],
      max_msgs_per_subject: 1,
      ...(republish ? { republish: { src: "$KV.>", dest: "theirs.>" } } : {}),
    };
    await connection.request("$JS.API.STREAM.CREATE.KV_B", JSON.stringify(config));
    await using world = await openWorld(server);
    const bucket = world.kv.bucket("B");
    strictEqual((await bucket.get("k")).kind, "absent");
    const following = follow(bucket, "one");
    await new Promise((resolve) => setTimeout(resolve, 100));
    await connection.request("$KV.B.k", "one");
    await following;
    await connection.close();
  });
}

Deno.test("NatsBucket.changes() listens to the subject it is given (republish_trigger)", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  const connection = await connect({ servers: server.url });
  const controller = new AbortController();
  const { signal } = controller;
  const iterator = world.kv.bucket("B").changes("k", { signal, subject: "wake.me" })
    [Symbol.asyncIterator]();
  await iterator.next();
  // Once more when the subscription stands.
  await iterator.next();
  const woken = iterator.next();
  connection.publish("wake.me");
  strictEqual((await woken).done, false);
  controller.abort();
  strictEqual((await iterator.next()).done, true);
  await connection.close();
});

Deno.test("NatsKv tells that JetStream is off, and works once it is on (#190)", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using world = await openWorld(server);
  await rejects(world.kv.createBucket("B"), failsWith("store"));
  await rejects(world.kv.bucket("B").get("k"), failsWith("store"));
});
