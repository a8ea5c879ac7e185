import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { connect, headers } from "@nats-io/transport-node";
import { republishSubject } from "../../src/nats/republish.ts";
import { openWorld } from "../nats/nats_world.ts";
import { startNatsServer } from "../support/nats_server.ts";

Deno.test("openWorld() takes a forged message for a hint at most: only a get counts (#197)", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(server);
  await world.kv.createBucket("B");
  const bucket = world.kv.bucket("B");
  const revision = await bucket.put("k", new TextEncoder().encode("good"));
  const controller = new AbortController();
  const changes = bucket.changes("k", { signal: controller.signal })[Symbol.asyncIterator]();
  await changes.next();
  const forger = await connect({ servers: server.url });
  const forged = headers();
  forged.set("KV-Operation", "DEL");
  forged.set("Nats-Sequence", "99");
  forged.set("Nats-Expected-Last-Sequence", "0");
  let woken = 0;
  for (let n = 0; n < 20; n++) {
    forger.publish(republishSubject("B", "k"), "evil", { headers: forged });
    await forger.flush();
    if (n % 10 === 0 && (await changes.next()).done === false) woken++;
    const result = await bucket.get("k");
    strictEqual(result.kind, "value");
    deepStrictEqual(
      result.kind === "value" && [result.revision, new TextDecoder().decode(result.value)],
      [revision, "good"],
    );
  }
  strictEqual(woken > 0, true);
  strictEqual((await bucket.get("k", { newerThan: revision })).kind, "unchanged");
  controller.abort();
  await changes.next();
  await forger.close();
});
