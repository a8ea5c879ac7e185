import type { TrustRecord } from "../sets/trust_files.ts";

/** What a node remembers of the lists that it has accepted, as `--json` shows it. */
export interface TrustDocument {
  /** The newest version that was accepted. */
  readonly version: number | null;
  /** SHA-256 of that list. */
  readonly sha256: string | null;
  /** The keys that must sign the next one, and whether the configuration or a list named them. */
  readonly keys: {
    /** How many must sign. */
    readonly threshold: number;
    /** 64 hex digits each. */
    readonly keys: readonly string[];
    /** Who named them. */
    readonly from: "configuration" | "list";
  } | null;
  /** Keys that are never trusted again. */
  readonly revoked: readonly string[];
  /** A roll-back that is allowed and has not been made. */
  readonly pending:
    | { readonly version: number; readonly reason: string; readonly allowed: string }
    | null;
  /** Roll-backs that were allowed and made, oldest first. */
  readonly used: readonly {
    readonly version: number;
    readonly from: number;
    readonly reason: string;
    readonly allowed: string;
    readonly at: string;
  }[];
}

/** Describes what lies on a node. */
export function trustDocument({ state, pending }: TrustRecord): TrustDocument {
  const names = state?.keySet ?? state?.root;
  return {
    version: state?.floor?.version ?? null,
    sha256: state?.floor?.sha256 ?? null,
    keys: names === undefined ? null : {
      threshold: names.threshold,
      keys: names.keys,
      from: state?.keySet === undefined ? "configuration" : "list",
    },
    revoked: state?.revoked ?? [],
    pending: pending === undefined ? null : {
      version: pending.version,
      reason: pending.reason,
      allowed: iso(pending.allowed),
    },
    used: (state?.overrides ?? []).map(({ version, from, reason, allowed, at }) => ({
      version,
      from,
      reason,
      allowed: iso(allowed),
      at: iso(at),
    })),
  };
}

/** The same as lines for people. */
export function trustLines(document: TrustDocument): readonly string[] {
  const { version, sha256, keys, revoked, pending, used } = document;
  return [
    version === null
      ? "version:  none accepted yet"
      : `version:  ${version}, sha256 ${sha256?.slice(0, 12)}`,
    ...(keys?.keys ?? []).map((hex, at) => `${at === 0 ? "keys:     " : "          "}${hex}`),
    ...(keys === null ? [] : [
      `needed:   ${keys.threshold} of ${keys.keys.length}, named by ${
        keys.from === "list" ? "a signed list" : "the configuration"
      }`,
    ]),
    ...revoked.map((hex) => `revoked:  ${hex}`),
    ...used.map(({ version, from, reason, at }) =>
      `went back from ${from} to ${version} at ${at}: ${printable(reason)}`
    ),
    ...(pending === null ? [] : [
      `may go back to ${pending.version}, once: ${printable(pending.reason)}`,
    ]),
  ];
}

function iso(time: number): string {
  return Number.isNaN(new Date(time).getTime()) ? "unknown" : new Date(time).toISOString();
}

function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, "?");
}
