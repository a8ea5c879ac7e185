import type { Envelope } from "../spec/envelope.ts";
import type { SpecificationMeta } from "../spec/meta.ts";
import { formatTime } from "../spec/spec_entry.ts";
import { findSigners } from "../spec/verify.ts";

/** What a list says about itself, as `--json` shows it. */
export interface SpecDocument {
  /** Number of the edition. */
  readonly version: number | null;
  /** When it was signed, RFC 3339. */
  readonly issued: string | null;
  /** When nodes stop to take it up, RFC 3339. */
  readonly expires: string | null;
  /** How that stands now; null for a list that never expires. */
  readonly expiry: "valid" | "expires_within_30d" | "expired" | null;
  /** For which fleet it is. */
  readonly channel: string | null;
  /** Extensions that a node must know. */
  readonly crit: readonly string[];
  /** Names that may go past the purge guard, or the version for which any may. */
  readonly allow_purge: readonly string[] | number;
  /** The keys that sign from now on, and which of them signed this. */
  readonly keys: {
    /** How many must sign. */
    readonly threshold: number;
    /** 64 hex digits each. */
    readonly keys: readonly string[];
    /** Those that have signed this list. */
    readonly signed: readonly string[];
  } | null;
  /** Keys that are never trusted again. */
  readonly revoked: readonly string[];
  /** Signatures in the envelope, whoever made them. */
  readonly signatures: number;
}

/** Options of {@linkcode specDocument}. */
export interface SpecDocumentOptions {
  /** Where the list came in. */
  readonly envelope: Envelope;
  /** Wall-clock time, milliseconds since the epoch. */
  readonly now: number;
}

const DAY_MS = 86_400_000;
/** From when on somebody should sign anew, as nodes warn: threats 5.1. */
const SOON_DAYS = 30;

/** Describes a list by its `_spec` element; null for a list without one. */
export function specDocument(
  meta: SpecificationMeta | undefined,
  { envelope, now }: SpecDocumentOptions,
): SpecDocument | null {
  if (meta === undefined) return null;
  const { version, issued, expires, channel, crit, allowPurge, keys, revoked } = meta;
  return {
    version: version ?? null,
    issued: issued === undefined ? null : formatTime(issued),
    expires: expires === undefined ? null : formatTime(expires),
    expiry: expires === undefined ? null : expiryOf(expires, now),
    channel: channel ?? null,
    crit,
    allow_purge: allowPurge,
    keys: keys === undefined ? null : {
      threshold: keys.threshold,
      keys: keys.keys.map(({ hex }) => hex),
      signed: findSigners(envelope, keys.keys).map(({ hex }) => hex),
    },
    revoked,
    signatures: envelope.signatures.length + (envelope.signature === undefined ? 0 : 1),
  };
}

function expiryOf(expires: number, now: number): SpecDocument["expiry"] {
  if (now > expires) return "expired";
  return expires - now <= SOON_DAYS * DAY_MS ? "expires_within_30d" : "valid";
}

const EXPIRY = {
  valid: "",
  expires_within_30d: " (within 30 days: sign a new edition)",
  expired: " (EXPIRED: nodes that do not run it yet refuse it)",
} as const;

/** The same as lines for people, what is not stated left out; the version is for the caller to show. */
export function specLines(document: SpecDocument | null): readonly string[] {
  if (document === null) return [];
  const { issued, expires, expiry, channel, crit, allow_purge, keys, revoked, signatures } =
    document;
  const names = typeof allow_purge === "number"
    ? [`anything, with version ${allow_purge}`]
    : allow_purge;
  return [
    ...(issued === null ? [] : [`issued:   ${issued}`]),
    ...(expires === null ? [] : [`expires:  ${expires}${expiry === null ? "" : EXPIRY[expiry]}`]),
    ...(channel === null ? [] : [`channel:  ${printable(channel)}`]),
    ...(crit.length === 0 ? [] : [`crit:     ${crit.map(printable).join(", ")}`]),
    ...(names.length === 0 ? [] : [`may go:   ${names.map(printable).join(", ")}`]),
    ...(keys === null ? [] : keys.keys.map((hex, at) => {
      const head = at === 0 ? `keys:     ` : "          ";
      return `${head}${hex} ${keys.signed.includes(hex) ? "has signed" : "has not signed"}`;
    })),
    ...(keys === null ? [] : [`needed:   ${keys.threshold} of ${keys.keys.length}`]),
    ...revoked.map((hex) => `revoked:  ${hex}`),
    `signed:   ${signatures} ${signatures === 1 ? "signature" : "signatures"}`,
  ];
}

/** Texts of a list that nobody may have verified: control characters would play with the terminal. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, "?");
}
