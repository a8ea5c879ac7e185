import { deepStrictEqual, rejects, strictEqual } from "node:assert";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import type { KvResult } from "../../src/ports/kv.ts";
import { failsWith } from "../support/kv_contract.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

const text = (result: KvResult) =>
  result.kind === "value" ? new TextDecoder().decode(result.value) : result.kind;

interface Message {
  readonly seq: number;
  readonly time: string;
  readonly data: string;
}

/** Replicas and a leader as the test wants them: a server without JetStream, and we answer in its place. */
class FakeStream {
  /** What the replicas give, one after the other; the last one for ever. */
  replicas: Message[] = [];
  /** What the leader gives; undefined: no leader answers. */
  leader: Message | undefined;
  /** Requests to the leader. */
  led = 0;

  constructor(connection: NatsConnection) {
    connection.subscribe("$JS.API.DIRECT.GET.KV_B.>", {
      callback: (_error, message) => {
        const found = this.replicas.length > 1 ? this.replicas.shift() : this.replicas[0];
        const list = headers();
        list.set("Nats-Sequence", String(found?.seq));
        list.set("Nats-Time-Stamp", found?.time ?? "");
        list.set("Nats-Subject", "$KV.B.k");
        message.respond(found?.data, { headers: list });
      },
    });
    connection.subscribe("$JS.API.STREAM.MSG.GET.KV_B", {
      callback: (_error, message) => {
        this.led++;
        if (this.leader === undefined) return;
        const { seq, time, data } = this.leader;
        message.respond(
          JSON.stringify({ message: { seq, time, subject: "$KV.B.k", data: btoa(data) } }),
        );
      },
    });
  }
}

const older: Message = { seq: 4, time: "2026-01-01T00:00:04Z", data: "older" };
const newer: Message = { seq: 5, time: "2026-01-01T00:00:05Z", data: "newer" };
const anew: Message = { seq: 1, time: "2026-01-01T00:00:09Z", data: "anew" };

async function withStream(
  run: (stream: FakeStream, get: (newerThan?: number) => Promise<KvResult>) => Promise<void>,
): Promise<void> {
  await using server = await startNatsServer({ jetstream: false });
  const connection = await connect({ servers: server.url });
  const stream = new FakeStream(connection);
  await connection.flush();
  await using world = await openWorld(server, { timeoutMs: 500 });
  const bucket = world.kv.bucket("B");
  await run(stream, (newerThan) => bucket.get("k", newerThan === undefined ? {} : { newerThan }));
  await connection.close();
}

Deno.test("NatsBucket.get() keeps the newer value when a replica lags behind (#192)", () =>
  withStream(async (stream, get) => {
    stream.replicas = [newer, older, older, newer];
    strictEqual(text(await get()), "newer");
    deepStrictEqual(text(await get()), "newer");
  }));

Deno.test("NatsBucket.get() is unchanged when all replicas lag behind and no leader answers (#192)", () =>
  withStream(async (stream, get) => {
    stream.replicas = [newer, older];
    strictEqual(text(await get()), "newer");
    deepStrictEqual(await get(5), { kind: "unchanged", revision: 5 });
    await rejects(get(), failsWith("unreachable"));
  }));

Deno.test("NatsBucket.get() believes the leader, also when the bucket was restored from a backup (#192)", () =>
  withStream(async (stream, get) => {
    stream.replicas = [newer, older];
    stream.leader = older;
    strictEqual(text(await get()), "newer");
    strictEqual(text(await get(5)), "older");
    strictEqual(text(await get(4)), "unchanged");
    strictEqual(stream.led, 1);
  }));

Deno.test("NatsBucket.get() takes a lower revision with a later time for a bucket made anew (#191)", () =>
  withStream(async (stream, get) => {
    stream.replicas = [newer, anew];
    strictEqual(text(await get()), "newer");
    strictEqual(text(await get(5)), "anew");
    strictEqual(stream.led, 0);
  }));

Deno.test("NatsBucket.get() asks the leader when only the caller knew a newer revision", () =>
  withStream(async (stream, get) => {
    stream.replicas = [older];
    stream.leader = newer;
    strictEqual(text(await get(5)), "unchanged");
    strictEqual(stream.led, 1);
  }));

Deno.test("NatsBucket.get() takes what there is when only the caller knew a newer one and no leader answers", () =>
  withStream(async (stream, get) => {
    stream.replicas = [older];
    strictEqual(text(await get(5)), "older");
  }));
