import { deepStrictEqual, match, rejects, strictEqual } from "node:assert";
import { failsWith } from "../support/kv_contract.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { openWorld } from "./nats_world.ts";

Deno.test("NatsObjects.put() stores what get() gives back", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  const bytes = Uint8Array.from({ length: 400_000 }, (_, i) => i % 251);
  const upload = { bucket: "ARCHIVES", name: "facts-1.0.0.tgz", bytes, description: "facts" };
  const stored = await world.objects.put(upload);
  deepStrictEqual([stored.bucket, stored.name, stored.size], [
    "ARCHIVES",
    "facts-1.0.0.tgz",
    400_000,
  ]);
  match(stored.digest, /^SHA-256=/);
  deepStrictEqual(await world.objects.get("ARCHIVES", "facts-1.0.0.tgz"), bytes);
  await world.objects.put({
    bucket: "ARCHIVES",
    name: "facts-1.0.0.tgz",
    bytes: bytes.subarray(0, 3),
  });
  strictEqual((await world.objects.get("ARCHIVES", "facts-1.0.0.tgz"))?.length, 3);
  strictEqual(await world.objects.get("ARCHIVES", "none"), undefined);
});

Deno.test("NatsObjects fails with a code when it cannot", async () => {
  await using server = await startNatsServer({ jetstream: false });
  await using world = await openWorld(server);
  const bytes = new Uint8Array(1);
  await rejects(world.objects.put({ bucket: "no bucket", name: "x", bytes }), failsWith("bad_key"));
  await rejects(world.objects.get("ARCHIVES", "x"), failsWith("store"));
  await server.stop();
  await rejects(
    world.objects.put({ bucket: "ARCHIVES", name: "x", bytes }),
    failsWith("unreachable"),
  );
});
