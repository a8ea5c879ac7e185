import { deepStrictEqual, match, ok, rejects, strictEqual } from "node:assert/strict";
import { connect } from "@nats-io/transport-node";
import { makeCertificates } from "./certificates.ts";
import { RunningCli } from "./cli.ts";
import { redirectPage, slowPage, startHttpServer, truncatedPage } from "./http_server.ts";
import { startNatsServer } from "./nats_server.ts";
import { temporaryDirectory } from "./temporary.ts";

Deno.test("startNatsServer() starts a server with JetStream that keeps port and store over a kill", async () => {
  await using server = await startNatsServer();
  const first = server.port;
  await server.restart({ signal: "SIGKILL" });
  strictEqual(server.port, first);
  const client = await connect({ servers: server.url });
  strictEqual(client.info?.jetstream, true);
  await client.close();
});

Deno.test("startNatsServer() asks for passwords and client certificates when told to", async () => {
  const { ca, server: certificate, client } = makeCertificates();
  await using server = await startNatsServer({
    tls: { ...certificate, ca },
    authorization: "user: a, password: b",
  });
  const good = { servers: server.url, user: "a", pass: "b", tls: { ca, ...client } };
  const connection = await connect(good);
  await connection.close();
  await rejects(connect({ ...good, pass: "c" }));
  // By hand: the client library reports a refused certificate outside of any promise.
  const plain = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
  await plain.read(new Uint8Array(4096));
  using secure = await Deno.startTls(plain, { hostname: "127.0.0.1", caCerts: [ca] });
  await rejects(async () => {
    await secure.handshake();
    await secure.read(new Uint8Array(1));
  }, /alert/);
});

Deno.test("startNatsServer() listens for WebSockets when told to", async () => {
  await using server = await startNatsServer({ websocket: true });
  const socket = new WebSocket(server.websocketUrl);
  await new Promise((resolve) => socket.onmessage = resolve);
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
});

Deno.test("startHttpServer() serves, counts, redirects, dawdles and cuts", async () => {
  const bytes = new Uint8Array(1000).fill(7);
  await using server = startHttpServer({
    pages: {
      "/a": bytes,
      "/slow": slowPage(bytes, { chunk: 400, delayMs: 1 }),
      "/cut": truncatedPage(bytes, 10),
      "/away": redirectPage("/a"),
    },
  });
  for (const path of ["/a", "/slow", "/away"]) {
    deepStrictEqual(await (await fetch(server.url + path)).bytes(), bytes);
  }
  await rejects(async () => await (await fetch(`${server.url}/cut`)).bytes());
  const absent = await fetch(`${server.url}/none`);
  strictEqual(absent.status, 404);
  await absent.body?.cancel();
  deepStrictEqual([server.count("/a"), server.count()], [2, 6]);
});

Deno.test("RunningCli.waitForLine() finds lines as they come, and says what came when none fits", async () => {
  const child = new Deno.Command("sh", {
    args: ["-c", "echo one; echo two >&2; read x; echo three; exec sleep 60"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await using running = new RunningCli(child);
  strictEqual(await running.waitForLine("one"), "one");
  strictEqual(await running.waitForLog(/^t/), "two");
  await child.stdin.close();
  strictEqual(await running.waitForLine("three"), "three");
  const { code, stdout } = await running.stop();
  deepStrictEqual([code, stdout], [143, "one\nthree\n"]);
  await rejects(running.waitForLine("four"), /three/);
});

Deno.test("temporaryDirectory() removes also what was locked away", async () => {
  let path: string;
  {
    await using directory = await temporaryDirectory();
    path = directory.path;
    match(path, /machinist-test-/);
    await Deno.mkdir(`${path}/a/b`, { recursive: true });
    await Deno.chmod(`${path}/a`, 0o500);
  }
  const gone = await Deno.lstat(path).catch((error) => error);
  ok(gone instanceof Deno.errors.NotFound);
});
