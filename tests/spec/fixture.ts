import { encodeBase64 } from "../../src/util/base64.ts";
import { pack } from "../../src/spec/pack.ts";
import { PrivateKey } from "../../src/spec/private_key.ts";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { parseSpecification, type Specification } from "../../src/spec/specification.ts";
import { trustUnsigned } from "../../src/spec/verify.ts";

/** Bytes of a text. */
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A file of tests/data. */
export function data(name: string): Uint8Array {
  return Deno.readFileSync(new URL(`../data/${name}`, import.meta.url));
}

/** The pair that is printed in the seed document. */
export const SEED_PUBLIC = "64031219d4922eed63a5f567303e98607c632139c01bc9fa4ca2514c2d9d30da";
/** Its private half. */
export const SEED_PRIVATE =
  `d8bd4d6392af154e996a18a4ccd5f51931d8e861d42966a677d85fbb598b66d3${SEED_PUBLIC}`;

/** Private keys that are the same in every run: `key(1)`, `key(2)` ... */
export function key(number: number): PrivateKey {
  const known = [
    SEED_PRIVATE,
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb" +
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7" +
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5" +
    "278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e",
  ];
  return PrivateKey.parse(known[number] ?? "");
}

/** A valid entry, as an object that a test may break. */
export function entry(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: "facts",
    source: "https://my.example.net/metadata/metadata-machine-1.0.0.tgz",
    verify: "SHA256SUMS",
    verify_checksum: "1e85719c6959eb0f2c8f2166e30ae952ccaef2c286f31868ea1d311d3738a339",
    checksum: "f11ea2005de97bf309bafac46e77c01925307a26675f44f388d4502d2b9d00bf",
    match: "",
    ...changes,
  };
}

/** A `_spec` element. */
export function specEntry(
  spec: Record<string, unknown> = {},
  changes: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    name: "_spec",
    source: "urn:x-spec",
    checksum: "0".repeat(64),
    verify_checksum: "0".repeat(64),
    match: "false",
    spec,
    ...changes,
  };
}

/** The envelope JSON of a payload, unsigned, with any keys changed. */
export function envelopeText(payload: string, changes: Record<string, unknown> = {}): string {
  return JSON.stringify({ machines: encodeBase64(bytes(payload)), ...changes });
}

/** Parses a payload as a node would, signatures left aside. */
export function parse(payload: unknown): Specification {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  return parseSpecification(trustUnsigned(readEnvelope(bytes(pack(bytes(text))))));
}
