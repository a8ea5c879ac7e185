import { ok, strictEqual } from "node:assert";
import { connectNats } from "../../src/nats/connect.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { startNatsServer } from "../support/nats_server.ts";

const HOUR_MS = 3_600_000;

Deno.test("NatsLink never gives up, and tells the log once, when the server is away for an hour", async () => {
  await using server = await startNatsServer();
  await server.stop();
  const clock = new FakeClock();
  const log = new MemoryLog();
  const ports = { clock, log, random: () => 0.5 };
  await using world = await connectNats({ servers: [server.url] }, ports);
  const connected = Promise.withResolvers<void>();
  using _ = world.onConnect(() => connected.resolve());
  await clock.until((async () => {
    while (clock.monotonic() < HOUR_MS) await clock.sleep(60_000);
  })());
  strictEqual(world.status.connected, false);
  strictEqual(log.messages("warn").length, 1);
  await server.start();
  const before = clock.monotonic();
  await clock.until(connected.promise);
  ok(clock.monotonic() - before <= 8_000, `${clock.monotonic() - before} ms`);
});

Deno.test("NatsLink waits longer the longer there is no server, up to its limit, never alike on two nodes", async () => {
  await using server = await startNatsServer();
  await server.stop();
  const clock = new FakeClock();
  const ports = { clock, log: new MemoryLog(), random: () => 0.999 };
  await using _world = await connectNats({ servers: [server.url], maxWaitMs: 2_000 }, ports);
  const waits: number[] = [];
  while (waits.length < 9) {
    while (clock.nextIn === undefined) await clock.settle();
    const away = clock.monotonic();
    const { nextIn } = clock;
    ok(nextIn < Math.max(500, away / 2), `${nextIn} ms after ${away} ms`);
    waits.push(Math.round(nextIn));
    await clock.advance(nextIn);
  }
  strictEqual(waits.slice(0, 3).join(), "500,500,500");
  strictEqual(waits.slice(-2).join(), "1998,1998");
});
