import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { pack } from "../../src/spec/pack.ts";
import { parseSpecification } from "../../src/spec/specification.ts";
import { verify } from "../../src/spec/verify.ts";
import { referenceReads } from "../support/reference_reader.ts";
import { data, key } from "./fixture.ts";

Deno.test("pack() makes a list with version, expiry and extensions that the reference reads", () => {
  const value = new TextDecoder().decode(data("golden_spec.json"));
  const machines = referenceReads(value, key(1).publicKey.hex);
  deepStrictEqual(machines.map((machine) => [machine.get("name"), machine.get("match")]), [
    // The reference evaluates it, finds false, and never deploys it.
    ["_spec", "false"],
    ["facts", "has_command('facter')"],
    ["web", "identity('^web')"],
  ]);
  strictEqual(machines[2]?.get("password"), "not-a-secret");
});

Deno.test("parseSpecification() reads in the same list what the reference does not", () => {
  const envelope = readEnvelope(data("golden_spec.json"));
  const keys = [key(1).publicKey, key(2).publicKey];
  const { machines, meta, signers } = parseSpecification(verify(envelope, { keys, threshold: 2 }));
  strictEqual(signers.length, 2);
  deepStrictEqual([meta?.version, meta?.channel, meta?.allowPurge], [42, "prod", ["old-thing"]]);
  deepStrictEqual(machines.map(({ name }) => name), ["facts", "web"]);
  deepStrictEqual(machines[0]?.extension, {
    size: 12345,
    mirrors: ["https://mirror.example.net/facts-1.0.0.tgz"],
    timeoutMs: 90_000,
    allowUnlisted: ["cache/"],
  });
});

Deno.test("pack() gives the golden file byte for byte", () => {
  const packed = pack(data("golden_machines.json"), { keys: [key(1), key(2)] });
  strictEqual(`${packed}\n`, new TextDecoder().decode(data("golden_spec.json")));
});

Deno.test("pack() made a seed document that the reference's rules here read as well", () => {
  const value = new TextDecoder().decode(data("seed_spec.json"));
  strictEqual(referenceReads(value, key(0).publicKey.hex).length, 1);
});
