import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert";
import { connect } from "@nats-io/transport-node";
import { formatRights, nodeRights, publisherRights, type Rights } from "../../src/nats/rights.ts";
import { failsWith } from "../support/kv_contract.ts";
import { type NatsServer, startNatsServer } from "../support/nats_server.ts";
import { openWorld, type TestWorld } from "./nats_world.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const names = { bucket: "MACHINES", key: "machines" };

function start(node: Rights): Promise<NatsServer> {
  return startNatsServer({
    authorization: `
      users: [
        { user: admin, password: x }
        { user: node, password: x, ${formatRights(node)} }
        { user: publisher, password: x, ${formatRights(publisherRights(names))} }
      ]`,
  });
}

const as = (server: NatsServer, user: string): Promise<TestWorld> =>
  openWorld(server, { user, password: "x", timeoutMs: 1_000 });

Deno.test("nodeRights() suffice to read, to ask cheaply and to hear of changes", async () => {
  await using server = await start(nodeRights(names));
  await using publisher = await as(server, "publisher");
  await using node = await as(server, "node");
  const bucket = node.kv.bucket("MACHINES");
  strictEqual((await bucket.get("machines")).kind, "absent");
  await publisher.kv.createBucket("MACHINES");
  strictEqual(
    await publisher.kv.bucket("MACHINES").put("machines", bytes("1"), { previousRevision: 0 }),
    1,
  );
  strictEqual((await bucket.get("machines")).kind, "value");
  strictEqual((await bucket.get("machines", { newerThan: 1 })).kind, "unchanged");
  const controller = new AbortController();
  let wakes = 0;
  for await (const _ of bucket.changes("machines", { signal: controller.signal })) {
    const result = await bucket.get("machines", { newerThan: 1 });
    if (result.kind === "value") controller.abort();
    else if (++wakes === 2) await publisher.kv.bucket("MACHINES").put("machines", bytes("2"));
  }
  const complaints = node.log.entries.filter((entry) => entry.level === "warn");
  deepStrictEqual(complaints.filter((each) => JSON.stringify(each).includes("subscribe")), []);
});

Deno.test("nodeRights() are not enough to write or to make a consumer (#193)", async () => {
  await using server = await start(nodeRights(names));
  await using admin = await as(server, "admin");
  await admin.kv.createBucket("MACHINES");
  await using node = await as(server, "node");
  const bucket = node.kv.bucket("MACHINES");
  await rejects(bucket.put("machines", bytes("x")), (error) => {
    match(String(error), /no right to publish to "\$KV\.MACHINES\.machines"/);
    return failsWith("denied")(error);
  });
  await rejects(bucket.get("other"), failsWith("denied"));
  await rejects(node.kv.createBucket("OTHER"), failsWith("denied"));
  const connection = await connect({ servers: server.url, user: "node", pass: "x" });
  await rejects(connection.request("$JS.API.CONSUMER.CREATE.KV_MACHINES", "{}"));
  await connection.close();
  match(node.log.text(), /NATS complains/);
});

Deno.test("NatsBucket.get() makes do without conditional gets and settings (fleet's least rights)", async () => {
  const least: Rights = {
    publish: ["$JS.API.DIRECT.GET.KV_MACHINES.$KV.MACHINES.machines"],
    subscribe: ["_INBOX.>", "mm.MACHINES.machines"],
  };
  await using server = await start(least);
  await using publisher = await as(server, "publisher");
  await using node = await as(server, "node");
  const bucket = node.kv.bucket("MACHINES");
  deepStrictEqual(await bucket.get("machines"), { kind: "absent", why: "no_bucket" });
  await publisher.kv.createBucket("MACHINES");
  await publisher.kv.bucket("MACHINES").put("machines", bytes("1"));
  strictEqual((await bucket.get("machines")).kind, "value");
  strictEqual((await bucket.get("machines", { newerThan: 1 })).kind, "unchanged");
  strictEqual((await bucket.get("machines", { newerThan: 1 })).kind, "unchanged");
  const controller = new AbortController();
  let wakes = 0;
  for await (const _ of bucket.changes("machines", { signal: controller.signal })) {
    const result = await bucket.get("machines", { newerThan: 1 });
    if (result.kind === "value") controller.abort();
    else if (++wakes === 2) await publisher.kv.bucket("MACHINES").put("machines", bytes("2"));
  }
});

Deno.test("NatsBucket.get() reads from the leader when that is the only right (#193)", async () => {
  const rights: Rights = {
    publish: ["$JS.API.STREAM.MSG.GET.KV_MACHINES"],
    subscribe: ["_INBOX.>"],
  };
  await using server = await start(rights);
  await using publisher = await as(server, "publisher");
  await publisher.kv.createBucket("MACHINES");
  await publisher.kv.bucket("MACHINES").put("machines", bytes("1"));
  await publisher.kv.bucket("MACHINES").put("machines", bytes("2"));
  await publisher.kv.bucket("MACHINES").delete("machines");
  await using node = await as(server, "node");
  const bucket = node.kv.bucket("MACHINES");
  deepStrictEqual(await bucket.get("machines"), { kind: "absent", why: "deleted", revision: 3 });
  strictEqual((await bucket.get("machines", { revision: 2 })).kind, "value");
});

Deno.test("NatsBucket.get() fails with denied when there is no right at all (#193)", async () => {
  await using server = await start({ publish: ["nothing"], subscribe: ["_INBOX.>"] });
  await using admin = await as(server, "admin");
  await admin.kv.createBucket("MACHINES");
  await using node = await as(server, "node");
  await rejects(node.kv.bucket("MACHINES").get("machines"), failsWith("denied"));
});

Deno.test("publisherRights() suffice to read history and to go back", async () => {
  await using server = await start(nodeRights(names));
  await using publisher = await as(server, "publisher");
  await publisher.kv.createBucket("MACHINES", { history: 5 });
  const bucket = publisher.kv.bucket("MACHINES");
  for (const value of ["1", "2", "3"]) await bucket.put("machines", bytes(value));
  strictEqual((await bucket.history("machines")).length, 3);
  ok((await bucket.get("machines", { revision: 1 })).kind === "value");
});
