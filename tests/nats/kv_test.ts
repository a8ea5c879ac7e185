import { deepStrictEqual, strictEqual } from "node:assert";
import { Kvm } from "@nats-io/kv";
import { connect } from "@nats-io/transport-node";
import { testKvContract } from "../support/kv_contract.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

testKvContract("NatsKv", async () => {
  const server = await startNatsServer();
  const world = await openWorld(server);
  const second = await openWorld(server);
  return {
    kv: world.kv,
    second: second.kv,
    removeBucket: (name) => removeStream(server, `KV_${name}`),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await second[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
});

Deno.test("NatsKv reads what the library's own client writes, and the other way round", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.kv.createBucket("B");
  const connection = await connect({ servers: server.url });
  const theirs = await new Kvm(connection).open("B");
  const ours = world.kv.bucket("B");
  const revision = await theirs.put("k", "theirs");
  const found = await ours.get("k");
  deepStrictEqual(
    found.kind === "value" && [found.revision, new TextDecoder().decode(found.value)],
    [
      revision,
      "theirs",
    ],
  );
  await ours.put("k", new TextEncoder().encode("ours"), { previousRevision: revision });
  strictEqual((await theirs.get("k"))?.string(), "ours");
  await ours.delete("k");
  strictEqual((await theirs.get("k"))?.operation, "DEL");
  await theirs.purge("k");
  strictEqual((await ours.get("k")).kind, "absent");
  strictEqual(await ours.put("k", new Uint8Array(), { previousRevision: 0 }), 5);
  await connection.close();
});

async function removeStream(server: NatsServer, name: string): Promise<void> {
  const connection = await connect({ servers: server.url });
  await connection.request(`$JS.API.STREAM.DELETE.${name}`);
  await connection.close();
}
