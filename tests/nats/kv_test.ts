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

async function removeStream(server: NatsServer, name: string): Promise<void> {
  const connection = await connect({ servers: server.url });
  await connection.request(`$JS.API.STREAM.DELETE.${name}`);
  await connection.close();
}
