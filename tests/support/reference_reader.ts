import nacl from "tweetnacl";

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
export function referenceReads(value: string, publicKey: string): Map<string, string>[] {
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
