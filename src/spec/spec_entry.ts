import { parseStrictJson, StrictJsonError } from "../util/strict_json.ts";
import { MAX_DEPTH, MAX_PAYLOAD_BYTES } from "./limits.ts";
import { SPEC_ENTRY } from "./meta.ts";
import type { PublicKey } from "./public_key.ts";
import { SpecError } from "./spec_error.ts";

/** What {@linkcode writeSpecEntry} changes; what is left out stays as the list has it. */
export interface SpecEntryChange {
  /** When the list is signed, milliseconds since the epoch; written without fractions of a second. */
  readonly issued: number;
  /** Number of this edition. */
  readonly version?: number | undefined;
  /** From when on nodes do not take it up any more, RFC 3339; `never` drops an expiry. */
  readonly expires?: string | undefined;
  /** For which fleet it is. */
  readonly channel?: string | undefined;
  /** Extensions that a node must know. */
  readonly crit?: readonly string[] | undefined;
  /** Names that may go past the purge guard; `*` lets any go for this edition. */
  readonly allowPurge?: readonly string[] | undefined;
  /** Keys that sign from the next edition on. */
  readonly trust?: readonly PublicKey[] | undefined;
  /** How many of them must; as the list has it when left out, else 1. */
  readonly threshold?: number | undefined;
  /** Keys that must never be trusted again, beside those that the list revokes already. */
  readonly revoke?: readonly string[] | undefined;
}

/**
 * The bytes of a list with its `_spec` element brought up to date, or made and put first. Looks at nothing else in
 * the list: see `lint`. Throws SpecError when it is no list.
 */
export function writeSpecEntry(payload: Uint8Array, change: SpecEntryChange): Uint8Array {
  const list = readJsonList(payload);
  const [first, ...others] = list;
  const has = isObject(first) && first["name"] === SPEC_ENTRY;
  const element = has ? { ...first, spec: specOf(first["spec"], change) } : {
    name: SPEC_ENTRY,
    source: "urn:x-spec",
    checksum: "0".repeat(64),
    verify_checksum: "0".repeat(64),
    match: "false",
    spec: specOf({}, change),
  };
  const text = JSON.stringify([element, ...(has ? others : list)], null, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/** A time as lists carry it: RFC 3339 in UTC, to the second. */
export function formatTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, "Z");
}

function specOf(before: unknown, change: SpecEntryChange): Record<string, unknown> {
  const old = isObject(before) ? before : {};
  const { format = 1, version, issued: _, expires, channel, crit, ...rest } = old;
  const { allow_purge, keys, revoked, ...unknown } = rest;
  const edition = change.version ?? version;
  return withoutUndefined({
    format,
    version: edition,
    issued: formatTime(change.issued),
    expires: change.expires === "never" ? undefined : change.expires ?? expires,
    channel: change.channel ?? channel,
    crit: change.crit ?? crit,
    allow_purge: allowPurgeOf(change, edition) ?? allow_purge,
    keys: keysOf(keys, change),
    revoked: revokedOf(revoked, change),
    ...unknown,
  });
}

function allowPurgeOf({ allowPurge }: SpecEntryChange, version: unknown): unknown {
  if (allowPurge === undefined || !allowPurge.includes("*")) return allowPurge;
  if (typeof version === "number") return version;
  throw new SpecError('Cannot allow every purge: the list has no version to bind "*" to', {
    code: "version_missing",
  });
}

function keysOf(before: unknown, { trust, threshold }: SpecEntryChange): unknown {
  if (trust === undefined && threshold === undefined) return before;
  const old = isObject(before) ? before : {};
  const keys = trust?.map(({ hex }) => hex) ?? old["keys"];
  if (keys === undefined) {
    throw new SpecError("Cannot set a threshold: the list names no keys", { code: "threshold" });
  }
  return { threshold: threshold ?? old["threshold"] ?? 1, keys };
}

function revokedOf(before: unknown, { revoke }: SpecEntryChange): unknown {
  if (revoke === undefined) return before;
  return [...new Set([...(Array.isArray(before) ? before : []), ...revoke])];
}

function readJsonList(payload: Uint8Array): readonly unknown[] {
  let value: unknown;
  try {
    value = parseStrictJson(payload, { maxBytes: MAX_PAYLOAD_BYTES, maxDepth: MAX_DEPTH });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    throw new SpecError(error.message.replace("parse JSON", "read payload"), {
      code: error.code === "syntax" ? "payload_json" : error.code,
      cause: error,
    });
  }
  if (Array.isArray(value)) return value;
  throw new SpecError("Cannot read payload: it is not a list of machines", {
    code: "payload_type",
  });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function withoutUndefined(object: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
