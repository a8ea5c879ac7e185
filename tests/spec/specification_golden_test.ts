import { deepStrictEqual, strictEqual } from "node:assert/strict";
import nacl from "tweetnacl";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { pack } from "../../src/spec/pack.ts";
import { parseSpecification } from "../../src/spec/specification.ts";
import { verify } from "../../src/spec/verify.ts";
import { data, key } from "./fixture.ts";

/** A machine as the reference keeps it: these fields and no others. */
const FIELDS = [
  "name",
  "source",
  "username",
  "password",
  "verify_checksum",
  "checksum",
  "match",
  "governor",
];

/** Go's decoders: names of keys without regard to case, the last one wins, null is the zero value. */
function decodeFields(
  object: Record<string, unknown>,
  fields: readonly string[],
): Map<string, string> {
  const decoded = new Map<string, string>();
  for (const [key, value] of Object.entries(object)) {
    const field = fields.find((name) => name === key.toLowerCase());
    if (field === undefined) continue;
    if (value !== null && typeof value !== "string") throw new TypeError(`${field} is no string`);
    decoded.set(field, value ?? "");
  }
  return decoded;
}

/**
 * What the reference's machines watcher makes of a value: written anew from the description of its rules
 * (choria.md 3.2, steps A and B), with another implementation of Ed25519.
 */
function referenceReads(value: string, publicKey: string): Map<string, string>[] {
  const envelope = decodeFields(JSON.parse(value), ["machines", "signature"]);
  const machines = (envelope.get("machines") ?? "").replace(/[\r\n]/g, "");
  const payload = Uint8Array.fromBase64(machines, { lastChunkHandling: "strict" });
  const signature = Uint8Array.fromHex(envelope.get("signature") ?? "");
  if (!nacl.sign.detached.verify(payload, signature, Uint8Array.fromHex(publicKey))) {
    throw new Error("invalid data_item");
  }
  const list: unknown = JSON.parse(new TextDecoder().decode(payload));
  if (!Array.isArray(list)) throw new Error("invalid machines specification");
  return list.map((item) => {
    const machine = decodeFields(item, FIELDS);
    for (const field of ["name", "source", "checksum", "verify_checksum"]) {
      if ((machine.get(field) ?? "") === "") throw new Error(`${field} is required`);
    }
    return machine;
  });
}

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
