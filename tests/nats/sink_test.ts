import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { connect } from "@nats-io/transport-node";
import { NatsSink } from "../../src/nats/sink.ts";
import { NatsLink } from "../../src/nats/link.ts";
import { DenoClock } from "../../src/deno/clock.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

const event = (n: number) => ({ subject: "choria.machine.transition", body: { n } });

Deno.test("NatsSink.publish() puts events on the bus as JSON", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.ready();
  const connection = await connect({ servers: server.url });
  const subscription = connection.subscribe("choria.>", { max: 1 });
  await connection.flush();
  world.events.publish(event(1));
  for await (const message of subscription) {
    strictEqual(message.subject, "choria.machine.transition");
    deepStrictEqual(message.json(), { n: 1 });
  }
  await connection.close();
});

Deno.test("NatsSink.publish() sends what it was given just before the end", async () => {
  await using server = await startNatsServer();
  const world = await openWorld(server);
  await world.ready();
  const connection = await connect({ servers: server.url });
  const subscription = connection.subscribe("choria.>", { max: 100 });
  await connection.flush();
  for (let n = 0; n < 100; n++) world.events.publish(event(n));
  await world[Symbol.asyncDispose]();
  let seen = 0;
  for await (const _ of subscription) seen++;
  strictEqual(seen, 100);
  await connection.close();
});

Deno.test("NatsSink.publish() keeps the newest events while there is no connection (#199)", async () => {
  await using server = await startNatsServer();
  const ports = { clock: new DenoClock(), log: new MemoryLog(), random: Math.random };
  await using link = new NatsLink({ servers: [server.url] }, ports);
  await using sink = new NatsSink(link, { limit: 3 });
  for (let n = 1; n <= 5; n++) sink.publish(event(n));
  strictEqual(sink.dropped, 2);
  const connection = await connect({ servers: server.url });
  const subscription = connection.subscribe("choria.>", { max: 3 });
  await connection.flush();
  link.start();
  const seen: unknown[] = [];
  for await (const message of subscription) seen.push(message.json());
  deepStrictEqual(seen, [{ n: 3 }, { n: 4 }, { n: 5 }]);
  await connection.close();
});

Deno.test("NatsSink.publish() never fails, whatever it is given (#199)", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.ready();
  world.events.publish({ subject: "not a subject", body: {} });
  world.events.publish({ subject: "", body: {} });
  world.events.publish({ subject: "big", body: { text: "x".repeat(2_000_000) } });
  const ring: Record<string, unknown> = {};
  ring["self"] = ring;
  world.events.publish({ subject: "ring", body: ring });
  strictEqual(world.events.dropped, 4);
  await world.ready();
});

Deno.test("NatsSink.publish() is told in the log, once, when the server refuses (#193)", async () => {
  await using server = await startNatsServer({
    authorization:
      `users: [{ user: a, password: b, permissions: { publish: ["x"], subscribe: ["_INBOX.>"] } }]`,
  });
  await using world = await openWorld(server, { user: "a", password: "b" });
  await world.ready();
  for (let n = 0; n < 3; n++) world.events.publish(event(n));
  const complaints = () => world.log.messages("warn").filter((each) => each === "NATS complains");
  while (complaints().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  strictEqual(complaints().length, 1);
  ok(world.status.connected);
});

Deno.test("NatsSink dispose drops what waits, and twice is fine", async () => {
  await using server = await startNatsServer();
  const world = await openWorld(server);
  await world.events[Symbol.asyncDispose]();
  await world.events[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  await world[Symbol.asyncDispose]();
  world.events.publish(event(1));
  strictEqual(world.events.dropped, 0);
});
