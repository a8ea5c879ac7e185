import { decodeBase64, encodeBase64 } from "../util/base64.ts";
import { parseStrictJson, StrictJsonError, utf8Length } from "../util/strict_json.ts";
import { checkKeyCase } from "./key_case.ts";
import { MAX_DEPTH, MAX_ENVELOPE_BYTES, MAX_PAYLOAD_BYTES, MAX_SIGNATURES } from "./limits.ts";
import { SpecError, type SpecErrorCode } from "./spec_error.ts";

/** A packed list as the store holds it, read strictly. Nothing in it is trusted yet. */
export interface Envelope {
  /** The decoded payload: what signatures are over. */
  readonly payload: Uint8Array;
  /** The reference's signature, 128 lower-case hex digits. */
  readonly signature: string | undefined;
  /** Further signatures over the same payload. */
  readonly signatures: readonly EnvelopeSignature[];
  /** Keys that mean nothing here; the reference ignores them too. */
  readonly unknownKeys: readonly string[];
  /** The base64 text as it stood there. */
  readonly encoded: string;
  /** The envelope in its one canonical form, for comparing and for keeping as the last known good. */
  readonly bytes: Uint8Array;
}

/** One of several signatures. */
export interface EnvelopeSignature {
  /** First 16 hex digits of the SHA-256 of the public key. */
  readonly keyid: string;
  /** 128 lower-case hex digits. */
  readonly sig: string;
}

/** What {@linkcode encodeEnvelope} writes. */
export interface EnvelopeParts {
  /** The payload. */
  readonly payload: Uint8Array;
  /** The reference's signature. */
  readonly signature?: string | undefined;
  /** Further signatures. */
  readonly signatures?: readonly EnvelopeSignature[];
}

/** The JSON of an envelope on one line, in the reference's order of keys, without a newline. */
export function encodeEnvelope({ payload, signature, signatures = [] }: EnvelopeParts): string {
  return JSON.stringify({
    machines: encodeBase64(payload),
    ...(signature === undefined ? {} : { signature }),
    ...(signatures.length === 0 ? {} : { signatures }),
  });
}

/** Reads an envelope from the bytes of a store or a file. Throws SpecError. */
export function readEnvelope(bytes: Uint8Array): Envelope {
  if (bytes.length > MAX_ENVELOPE_BYTES) throw tooLarge();
  if (bytes.every((byte) => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d))) throw empty();
  return fromJson(bytes);
}

/**
 * Reads an envelope from a data item: the object that the `kv` watcher parsed, or the raw text that it kept.
 * Throws SpecError.
 */
export function envelopeFromData(value: unknown): Envelope {
  if (typeof value !== "string") return fromObject(value);
  if (utf8Length(value, MAX_ENVELOPE_BYTES) > MAX_ENVELOPE_BYTES) throw tooLarge();
  if (/^[\t-\r ]*$/.test(value)) throw empty();
  return fromJson(value);
}

function fromJson(text: Uint8Array | string): Envelope {
  let value: unknown;
  try {
    value = parseStrictJson(text, { maxBytes: MAX_ENVELOPE_BYTES, maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    const code = error.code === "syntax" ? "envelope_json" : error.code;
    throw new SpecError(error.message.replace("parse JSON", "read envelope"), {
      code,
      cause: error,
    });
  }
  return fromObject(value);
}

const KEYS = ["machines", "signature", "signatures", "plugins"] as const;

function fromObject(value: unknown): Envelope {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw refuse("envelope_type", `it is ${kindOf(value)}, not an object`);
  }
  checkKeyCase(value, KEYS, { where: "envelope" });
  const known = new Map(Object.entries(value));
  if (known.has("plugins")) {
    if (known.has("machines")) throw refuse("ambiguous", 'it has both "machines" and "plugins"');
    throw refuse(
      "plugins_format",
      'it is of the "plugins" watcher, which signs other bytes',
      'pack the list with "machinist pack"',
    );
  }
  const encoded = known.get("machines");
  if (typeof encoded !== "string") {
    throw refuse("machines_type", `"machines" is ${kindOf(encoded)}, not a string`, hint(known));
  }
  const payload = decode(encoded);
  const signature = readSignature(known.get("signature"));
  const signatures = readSignatures(known.get("signatures"));
  return {
    payload,
    signature,
    signatures,
    unknownKeys: [...known.keys()].filter((key) => !KEYS.some((name) => name === key)),
    encoded,
    bytes: new TextEncoder().encode(encodeEnvelope({ payload, signature, signatures })),
  };
}

function decode(encoded: string): Uint8Array {
  if (encoded.length > MAX_ENVELOPE_BYTES) throw tooLarge();
  const payload = decodeBase64(encoded);
  if (payload === undefined) {
    throw refuse(
      "base64",
      '"machines" is not standard base64 with padding',
      "CR and LF may wrap it; blanks, the URL alphabet and several values in a row may not stand in it",
    );
  }
  if (payload.length > MAX_PAYLOAD_BYTES) {
    throw refuse("too_large", `its payload has more than ${MAX_PAYLOAD_BYTES} bytes`);
  }
  return payload;
}

const SIGNATURE = /^[0-9a-fA-F]{128}$/;

function readSignature(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value !== "string" || !SIGNATURE.test(value)) {
    throw refuse("sig_format", '"signature" is not 128 hex digits');
  }
  return value.toLowerCase();
}

function readSignatures(value: unknown): readonly EnvelopeSignature[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw refuse("sig_format", '"signatures" is not a list');
  if (value.length > MAX_SIGNATURES) {
    throw refuse("limit", `it has more than ${MAX_SIGNATURES} signatures`);
  }
  return value.map((item: unknown) => {
    const { keyid, sig } = (typeof item === "object" && item !== null ? item : {}) as {
      readonly keyid?: unknown;
      readonly sig?: unknown;
    };
    if (
      typeof keyid !== "string" || !/^[0-9a-fA-F]{16}$/.test(keyid) ||
      typeof sig !== "string" || !SIGNATURE.test(sig)
    ) {
      throw refuse(
        "sig_format",
        'an element of "signatures" is not {"keyid": 16 hex digits, "sig": 128 hex digits}',
      );
    }
    return { keyid: keyid.toLowerCase(), sig: sig.toLowerCase() };
  });
}

function hint(known: ReadonlyMap<string, unknown>): string | undefined {
  if (known.has("machines")) return undefined;
  if (known.has("data") || known.has("value")) {
    return "the value looks wrapped or compressed by another tool: store the packed file as it is";
  }
  return 'an envelope is {"machines": "<base64>", "signature": "<hex>"}: pack the list first';
}

function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function empty(): SpecError {
  return refuse("empty_value", "the value is empty");
}

function tooLarge(): SpecError {
  return refuse("too_large", `it has more than ${MAX_ENVELOPE_BYTES} bytes`);
}

function refuse(code: SpecErrorCode, why: string, hint?: string): SpecError {
  return new SpecError(`Cannot read envelope: ${why}`, { code, hint });
}
