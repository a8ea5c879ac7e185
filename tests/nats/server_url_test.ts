import { deepStrictEqual, throws } from "node:assert";
import { parseServerUrl } from "../../src/nats/server_url.ts";

for (
  const [text, url, more] of [
    ["localhost", "nats://localhost:4222", {}],
    ["localhost:1234", "nats://localhost:1234", {}],
    [" nats://a ", "nats://a:4222", {}],
    ["nats://a:80", "nats://a:80", {}],
    ["TLS://a:4443", "tls://a:4443", { encrypted: true }],
    ["ws://a/nats", "ws://a:80/nats", { websocket: true }],
    ["wss://a", "wss://a:443", { websocket: true, encrypted: true }],
    ["nats://[::1]:4222", "nats://[::1]:4222", {}],
    ["nats://u:p%40ss@a", "nats://a:4222", { user: "u", password: "p@ss" }],
    ["nats://t0ken@a", "nats://a:4222", { token: "t0ken" }],
  ] as const
) {
  Deno.test(`parseServerUrl() reads "${text}"`, () => {
    const host = url.replace(/^[a-z]+:\/\//, "").replace(/\/.*$/, "");
    deepStrictEqual(parseServerUrl(text), {
      url,
      host,
      websocket: false,
      encrypted: false,
      ...more,
    });
  });
}

for (const text of ["", "http://a", "nats://", "nats://a:b:c", "nats://a b"]) {
  Deno.test(`parseServerUrl() throws when given "${text}"`, () => {
    throws(() => parseServerUrl(text), SyntaxError);
  });
}
