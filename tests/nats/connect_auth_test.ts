import { ok, rejects, strictEqual } from "node:assert";
import { nkeys } from "@nats-io/nats-core/internal";
import type { KvErrorCode } from "../../src/ports/kv.ts";
import type { NatsOptions } from "../../src/nats/options.ts";
import { makeCertificates } from "../support/certificates.ts";
import { failsWith } from "../support/kv_contract.ts";
import { type NatsServerOptions, startNatsServer } from "../support/nats_server.ts";
import { makeCreds } from "./creds.ts";
import { openWorld } from "./nats_world.ts";

const SECRET = "hunter2canary";
const user = nkeys.createUser();
const seed = new TextDecoder().decode(user.getSeed());
const other = new TextDecoder().decode(nkeys.createUser().getSeed());
const certificates = makeCertificates();
const stranger = makeCertificates();
const creds = await makeCreds();
const strangerCreds = await makeCreds();

interface Case {
  readonly name: string;
  readonly server: NatsServerOptions;
  readonly client: Partial<NatsOptions>;
  /** Undefined: it connects. */
  readonly code?: KvErrorCode;
}

const password = { authorization: `user: a, password: ${SECRET}` };
const tls = { tls: certificates.server };
const mutual = { tls: { ...certificates.server, ca: certificates.ca } };
const { ca, client } = certificates;

const cases: readonly Case[] = [
  { name: "a user and password", server: password, client: { user: "a", password: SECRET } },
  {
    name: "a password that is asked for",
    server: password,
    client: { user: "a", password: () => Promise.resolve(SECRET) },
  },
  { name: "no password where one is wanted", server: password, client: {}, code: "denied" },
  {
    name: "a wrong password",
    server: password,
    client: { user: "a", password: "no" },
    code: "denied",
  },
  { name: "a token", server: { authorization: `token: ${SECRET}` }, client: { token: SECRET } },
  {
    name: "a wrong token",
    server: { authorization: `token: ${SECRET}` },
    client: { token: "no" },
    code: "denied",
  },
  {
    name: "an nkey",
    server: { authorization: `users: [{ nkey: ${user.getPublicKey()} }]` },
    client: { nkey: seed },
  },
  {
    name: "another nkey",
    server: { authorization: `users: [{ nkey: ${user.getPublicKey()} }]` },
    client: { nkey: other },
    code: "denied",
  },
  { name: "something that is no nkey", server: {}, client: { nkey: "no" }, code: "denied" },
  {
    name: "creds",
    server: { config: creds.config, jetstream: false },
    client: { creds: creds.text },
  },
  {
    name: "creds of another operator",
    server: { config: creds.config, jetstream: false },
    client: { creds: strangerCreds.text },
    code: "denied",
  },
  {
    name: "creds that cannot be read",
    server: { config: creds.config, jetstream: false },
    client: { creds: SECRET },
    code: "denied",
  },
  { name: "TLS with a private CA", server: tls, client: { tls: { ca } } },
  { name: "TLS without the private CA", server: tls, client: {}, code: "denied" },
  {
    name: "TLS with another CA",
    server: tls,
    client: { tls: { ca: stranger.ca } },
    code: "denied",
  },
  { name: "a client certificate", server: mutual, client: { tls: { ca, ...client } } },
  {
    name: "no client certificate where one is wanted",
    server: mutual,
    client: { tls: { ca } },
    code: "denied",
  },
  {
    name: "a client certificate of another CA",
    server: mutual,
    client: { tls: { ca, ...stranger.client } },
    code: "denied",
  },
];

for (const { name, server: serverOptions, client: clientOptions, code } of cases) {
  const what = code === undefined ? "connects" : `fails with ${code}`;
  Deno.test(`connectNats() ${what} when given ${name}`, async () => {
    await using server = await startNatsServer(serverOptions);
    await using world = await openWorld(server, clientOptions);
    if (code === undefined) await world.ready();
    else await rejects(world.ready(), failsWith(code));
    strictEqual(world.status.connected, code === undefined);
    ok(!JSON.stringify([world.status, world.log.entries]).includes(SECRET));
  });
}

Deno.test("connectNats() takes user and password from the URL and shows neither", async () => {
  await using server = await startNatsServer(password);
  await using world = await openWorld(`nats://a:${SECRET}@127.0.0.1:${server.port}`);
  await world.ready();
  await using wrong = await openWorld(`nats://a:${SECRET}x@127.0.0.1:${server.port}`);
  await rejects(wrong.ready(), failsWith("denied"));
  const shown = JSON.stringify([world.status, world.log.entries, wrong.status, wrong.log.entries]);
  ok(!shown.includes(SECRET), shown);
});

Deno.test("connectNats() fails when the URL wants TLS and the server has none", async () => {
  await using server = await startNatsServer();
  await using world = await openWorld(`tls://127.0.0.1:${server.port}`);
  await rejects(world.ready(), failsWith("denied"));
});

Deno.test("connectNats() checks the name in the server's certificate", async () => {
  await using server = await startNatsServer(tls);
  await using good = await openWorld(`tls://localhost:${server.port}`, { tls: { ca } });
  await good.ready();
  await using bad = await openWorld(`tls://127.0.0.2:${server.port}`, { tls: { ca } });
  await rejects(bad.ready());
});

Deno.test("connectNats() takes a rotated secret at the next connection (#194)", async () => {
  await using server = await startNatsServer(password);
  let now = "old";
  await using world = await openWorld(server, { user: "a", password: () => now });
  await rejects(world.ready(), failsWith("denied"));
  const connected = Promise.withResolvers<void>();
  using _ = world.onConnect(() => connected.resolve());
  now = SECRET;
  await connected.promise;
  await world.ready();
});

Deno.test("connectNats() survives a certificate that is refused late, many times over", async () => {
  await using server = await startNatsServer(mutual);
  for (let i = 0; i < 10; i++) {
    await using world = await openWorld(server, { tls: { ca } });
    await rejects(world.ready(), failsWith("denied"));
  }
});

Deno.test("connectNats() speaks WebSockets", async () => {
  await using server = await startNatsServer({ websocket: true });
  await using world = await openWorld(server.websocketUrl);
  await world.kv.createBucket("B");
  strictEqual(await world.kv.bucket("B").put("k", new Uint8Array([1])), 1);
});

Deno.test("connectNats() tries every server", async () => {
  await using server = await startNatsServer();
  const options = { servers: ["nats://127.0.0.1:1", server.url, "nats://127.0.0.1:2"] };
  await using world = await openWorld(server, options);
  await world.ready();
});
