import { match, rejects, strictEqual } from "node:assert";
import { explainNats } from "../../src/nats/errors.ts";
import { mapSubject } from "../../src/nats/republish.ts";
import { connectNats } from "../../src/nats/connect.ts";
import { DenoClock } from "../../src/deno/clock.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { failsWith } from "../support/kv_contract.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

/** A server that says one thing to whoever connects, and waits. */
function startTalker(greeting: string): AsyncDisposable & { port: number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      open.push(connection);
      if (greeting === "close") connection.close();
      else await connection.write(new TextEncoder().encode(greeting)).catch(() => {});
    }
  })();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
      for (const connection of open) {
        try {
          connection.close();
        } catch {
          // Closed already.
        }
      }
    },
  };
}

for (
  const greeting of ["", "close", "HTTP/1.1 400 Bad Request\r\n", "INFO {\r\n", "x".repeat(100)]
) {
  Deno.test(`connectNats() fails with unreachable when the server says ${JSON.stringify(greeting.slice(0, 10))}`, async () => {
    await using talker = startTalker(greeting);
    await using world = await openWorld(`nats://127.0.0.1:${talker.port}`, { timeoutMs: 200 });
    await rejects(world.ready(), failsWith("unreachable"));
  });
}

Deno.test("connectNats() fails with unreachable when nobody listens, and names the server", async () => {
  await using world = await openWorld("nats://127.0.0.1:1");
  await rejects(world.ready(), (error) => {
    match(String(error), /Cannot connect to "nats:\/\/127\.0\.0\.1:1": the connection was refused/);
    return failsWith("unreachable")(error);
  });
  match(world.status.why ?? "", /refused/);
});

Deno.test("connectNats() rejects settings that can never work", async () => {
  const ports = { clock: new DenoClock(), log: new MemoryLog(), random: Math.random };
  await rejects(connectNats({ servers: [] }, ports), RangeError);
  await rejects(connectNats({ servers: ["http://a"] }, ports), SyntaxError);
});

Deno.test("connectNats() stops while it connects, at once", async () => {
  await using talker = startTalker("");
  const world = await openWorld(`nats://127.0.0.1:${talker.port}`, { timeoutMs: 60_000 });
  const failing = rejects(world.ready(), failsWith("closed"));
  await new Promise((resolve) => setTimeout(resolve, 20));
  await world[Symbol.asyncDispose]();
  await failing;
});

Deno.test("connectNats() gives up waiting when it is told to, and goes on connecting", async () => {
  await using talker = startTalker("");
  await using world = await openWorld(`nats://127.0.0.1:${talker.port}`, { timeoutMs: 60_000 });
  const controller = new AbortController();
  const reason = new Error("enough");
  const failing = rejects(world.ready({ signal: controller.signal }), (error) => error === reason);
  controller.abort(reason);
  await failing;
});

Deno.test("NatsWorld.onConnect() tells of every connection until it is disposed", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.ready();
  const connected = Promise.withResolvers<void>();
  {
    using _ = world.onConnect(() => connected.resolve());
    await server.restart();
    await connected.promise;
  }
  strictEqual(world.status.connections, 2);
  strictEqual(world.status.server, `127.0.0.1:${server.port}`);
});

Deno.test("mapSubject() follows the pattern of the settings", () => {
  strictEqual(mapSubject({ src: "$KV.B.>", dest: "mm.B.>" }, "$KV.B.k"), "mm.B.k");
  strictEqual(mapSubject({ dest: "all.>" }, "$KV.B.k"), "all.$KV.B.k");
  strictEqual(mapSubject({ src: "$KV.B.k", dest: "mm.machines" }, "$KV.B.k"), "mm.machines");
  strictEqual(mapSubject({ src: "$KV.B.other", dest: "mm.other" }, "$KV.B.k"), undefined);
  strictEqual(mapSubject({ src: "$KV.A.>", dest: "mm.>" }, "$KV.B.k"), undefined);
  strictEqual(mapSubject({ src: "$KV.*.k", dest: "mm.{{wildcard(1)}}" }, "$KV.B.k"), undefined);
});

Deno.test("explainNats() names what the system's and the client's errors mean", () => {
  const coded = (code: string) => Object.assign(new Error("x"), { code });
  const named = (name: string) => Object.assign(new Error("x"), { name });
  strictEqual(explainNats(coded("ENOTFOUND")).code, "unreachable");
  strictEqual(explainNats(coded("EPERM")).code, "permission");
  strictEqual(explainNats(named("NotCapable")).code, "permission");
  strictEqual(
    explainNats(new Error("outer", { cause: coded("ECONNREFUSED") })).why,
    "the connection was refused",
  );
  strictEqual(explainNats(new Error("certificate has expired")).code, "denied");
  strictEqual(explainNats("odd").code, "unreachable");
});
