import { strictEqual, throws } from "node:assert";
import type { Msg } from "@nats-io/nats-core";
import { jetStreamError, readAnswer } from "../../src/nats/jetstream.ts";
import { readStored } from "../../src/nats/stored.ts";
import { failsWith } from "../support/kv_contract.ts";

for (
  const [code, err_code, description, expected] of [
    [404, 10059, "stream not found", "no_bucket"],
    [400, 10071, "wrong last sequence: 3", "conflict"],
    [503, 10008, "JetStream system temporarily unavailable", "unreachable"],
    [400, 10054, "message size exceeds maximum allowed", "too_large"],
    [503, 10039, "JetStream not enabled for account", "store"],
    [400, 10001, "odd", "store"],
  ] as const
) {
  Deno.test(`jetStreamError() is ${expected} when JetStream says "${description}"`, () => {
    strictEqual(jetStreamError("Cannot try", { code, err_code, description }).code, expected);
  });
}

Deno.test("readAnswer() fails with store when the answer is not JSON", () => {
  const message = { data: new TextEncoder().encode("{") } as Msg;
  throws(() => readAnswer(message), failsWith("store"));
});

Deno.test("readStored() knows delete markers and refuses what is no message", () => {
  const message = { seq: 3, time: "2026-01-01T00:00:00Z", subject: "$KV.B.k", data: btoa("x") };
  strictEqual(readStored(message)?.value?.length, 1);
  for (const operation of ["DEL", "PURGE"]) {
    const hdrs = btoa(`NATS/1.0\r\nKV-Operation: ${operation}\r\n\r\n`);
    strictEqual(readStored({ ...message, hdrs })?.value, undefined);
  }
  strictEqual(readStored({ ...message, hdrs: btoa("NATS/1.0\r\nA: b\r\n\r\n") })?.value?.length, 1);
  for (const odd of [null, 3, {}, { seq: "1", subject: "x" }]) {
    strictEqual(readStored(odd), undefined);
  }
});
