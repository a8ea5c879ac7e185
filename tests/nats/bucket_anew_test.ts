import { deepStrictEqual, ok, strictEqual } from "node:assert";
import type { NatsConnection } from "@nats-io/nats-core";
import { connect } from "@nats-io/transport-node";
import { formatRights, nodeRights } from "../../src/nats/rights.ts";
import type { KvBucket, KvResult } from "../../src/ports/kv.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { openWorld, type TestWorld } from "./nats_world.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (result: KvResult) =>
  result.kind === "value" ? new TextDecoder().decode(result.value).slice(0, 3) : result.kind;

/** What goes beside the value so that it is small, or too large to be asked for at each poll. */
const sizes: [string, string][] = [["small", ""], ["large", "x".repeat(100_000)]];

interface Rig {
  readonly bucket: KvBucket;
  /** Somebody with all rights. */
  readonly admin: NatsConnection;
  readonly world: TestWorld;
  /** Removes the stream and makes it again as a plain client does, without republish. */
  remake(): Promise<void>;
}

/** A bucket made by us at revision 5, and a node with no more than its rights. */
async function withBucket(
  rest: string,
  run: (rig: Rig) => Promise<void>,
  rights = nodeRights({ bucket: "B", key: "k" }),
): Promise<void> {
  await using server = await startNatsServer({
    authorization: `users: [
      { user: admin, password: x }
      { user: node, password: x, ${formatRights(rights)} }
    ]`,
  });
  await using maker = await openWorld(server, { user: "admin", password: "x" });
  await maker.kv.createBucket("B");
  for (let i = 0; i < 5; i++) await maker.kv.bucket("B").put("k", bytes(`old${rest}`));
  await using world = await openWorld(server, { user: "node", password: "x" });
  const admin = await connect({ servers: server.url, user: "admin", pass: "x" });
  const remake = async () => {
    await admin.request("$JS.API.STREAM.DELETE.KV_B");
    const config = { name: "KV_B", subjects: ["$KV.B.>"], allow_direct: true };
    await admin.request("$JS.API.STREAM.CREATE.KV_B", JSON.stringify(config));
  };
  await run({ bucket: world.kv.bucket("B"), admin, world, remake });
  await admin.close();
}

for (const [size, rest] of sizes) {
  Deno.test(`NatsBucket.get() sees a bucket made anew at the next poll, ${size} value (#191)`, () =>
    withBucket(rest, async ({ bucket, admin, remake }) => {
      strictEqual(text(await bucket.get("k")), "old");
      for (let poll = 0; poll < 5; poll++) {
        deepStrictEqual(await bucket.get("k", { newerThan: 5 }), {
          kind: "unchanged",
          revision: 5,
        });
      }
      await remake();
      await admin.request("$KV.B.k", `new${rest}`);
      const found = await bucket.get("k", { newerThan: 5 });
      deepStrictEqual([text(found), found.revision], ["new", 1]);
      // Up to the very number that the first one had: it is another value all the same.
      await remake();
      await admin.request("$KV.B.k", `two${rest}`);
      strictEqual(text(await bucket.get("k", { newerThan: 1 })), "two");
      strictEqual(text(await bucket.get("k", { newerThan: 1 })), "unchanged");
      await remake();
      deepStrictEqual(await bucket.get("k", { newerThan: 1 }), { kind: "absent", why: "no_key" });
      await admin.request("$KV.B.k", `six${rest}`);
      strictEqual(text(await bucket.get("k", { newerThan: 1 })), "six");
    }));

  Deno.test(`NatsBucket.get() asks one thing a poll at rest, ${size} value`, () =>
    withBucket(rest, async ({ bucket, admin }) => {
      await bucket.get("k");
      for (let poll = 0; poll < 3; poll++) await bucket.get("k", { newerThan: 5 });
      const asked: string[] = [];
      const asking = admin.subscribe("$JS.API.>", {
        callback: (_error, { subject }) => void asked.push(subject.split(".").slice(2, 4).join()),
      });
      await admin.flush();
      for (let poll = 0; poll < 5; poll++) {
        strictEqual(text(await bucket.get("k", { newerThan: 5 })), "unchanged");
      }
      await admin.flush();
      asking.unsubscribe();
      deepStrictEqual(asked, Array(5).fill(size === "large" ? "STREAM,INFO" : "DIRECT,GET"));
      // Other keys do not make it ask for the value again, and its own does.
      await admin.request("$KV.B.other", "x");
      strictEqual(text(await bucket.get("k", { newerThan: 5 })), "unchanged");
      await admin.request("$KV.B.k", `new${rest}`);
      strictEqual(text(await bucket.get("k", { newerThan: 5 })), "new");
    }));
}

Deno.test("NatsBucket.get() sees a large value anew within ten polls without a right to ask for the stream", async () => {
  const rights = nodeRights({ bucket: "B", key: "k" });
  const publish = rights.publish.filter((subject) => !subject.includes("STREAM.INFO"));
  await withBucket("x".repeat(100_000), async ({ bucket, admin, remake }) => {
    await bucket.get("k");
    strictEqual(text(await bucket.get("k", { newerThan: 5 })), "unchanged");
    await remake();
    await admin.request("$KV.B.k", "new");
    let polls = 1;
    while (text(await bucket.get("k", { newerThan: 5 })) !== "new") polls++;
    ok(polls <= 11, `${polls} polls`);
  }, { ...rights, publish });
});

Deno.test("NatsBucket.changes() hears of puts again once a get saw that the bucket republishes no more (#191)", () =>
  withBucket("", async ({ bucket, admin, remake }) => {
    const controller = new AbortController();
    let wakes = 0;
    const listening = (async () => {
      for await (const _ of bucket.changes("k", { signal: controller.signal })) wakes++;
    })();
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
    /** Waits until nothing wakes any more, puts, and says whether that was heard within a second. */
    const isHeard = async (value: string) => {
      for (let before = -1; before !== wakes; await pause()) before = wakes;
      const before = wakes;
      await admin.request("$KV.B.k", value);
      for (let i = 0; i < 20 && wakes === before; i++) await pause();
      return wakes > before;
    };
    strictEqual(text(await bucket.get("k")), "old");
    ok(await isHeard("heard"));
    const { revision = 0 } = await bucket.get("k");
    await remake();
    strictEqual(await isHeard("deaf"), false);
    // The poll: it finds the new value, and the settings are looked at again.
    strictEqual(text(await bucket.get("k", { newerThan: revision })), "dea");
    ok(await isHeard("new"));
    controller.abort();
    await listening;
  }));

Deno.test("NatsBucket.changes() is not disturbed when the bucket's own subject is refused", async () => {
  const rights = nodeRights({ bucket: "B", key: "k" });
  const subscribe = rights.subscribe.filter((subject) => !subject.startsWith("$KV."));
  await withBucket("", async ({ bucket, admin, world, remake }) => {
    const controller = new AbortController();
    let wakes = 0;
    const listening = (async () => {
      for await (const _ of bucket.changes("k", { signal: controller.signal })) wakes++;
    })();
    await bucket.get("k");
    await remake();
    strictEqual((await bucket.get("k", { newerThan: 5 })).kind, "absent");
    await admin.request("$KV.B.k", "new");
    strictEqual(text(await bucket.get("k", { newerThan: 5 })), "new");
    await new Promise((resolve) => setTimeout(resolve, 200));
    ok(wakes < 10, `${wakes} wake-ups`);
    strictEqual(world.status.connections, 1);
    strictEqual(text(await bucket.get("k", { newerThan: 1 })), "unchanged");
    controller.abort();
    await listening;
  }, { ...rights, subscribe });
});
