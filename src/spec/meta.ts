import { entryFields, readChecksum } from "./entry.ts";
import { KNOWN_EXTENSIONS } from "./extension.ts";
import { Fields } from "./fields.ts";
import { checkKeyCase } from "./key_case.ts";
import { KeyError } from "./key_error.ts";
import { MAX_REVOKED, MAX_SIGNATURES, MAX_VERSION } from "./limits.ts";
import { PublicKey } from "./public_key.ts";

/** Name of the element that speaks about the list itself. */
export const SPEC_ENTRY = "_spec";

/** What the list says about itself in its first element, named `_spec`, which the reference never deploys. */
export interface SpecificationMeta {
  /** Number of this edition of the list: never goes back. */
  readonly version: number | undefined;
  /** When it was signed, milliseconds since the epoch. */
  readonly issued: number | undefined;
  /** From when on it is not taken up any more, milliseconds since the epoch. */
  readonly expires: number | undefined;
  /** For which fleet it is. */
  readonly channel: string | undefined;
  /** Extensions that a node must know to take the list up; all of them known here. */
  readonly crit: readonly string[];
  /** Names that may be removed past the purge guard, or the version for which any may. */
  readonly allowPurge: readonly string[] | number;
  /** The keys that sign from the next edition on. */
  readonly keys: KeySet | undefined;
  /** Keys that must never be trusted again, 64 lower-case hex digits each. */
  readonly revoked: readonly string[];
}

/** Keys that may sign, and how many of them must. */
export interface KeySet {
  /** How many must have signed. */
  readonly threshold: number;
  /** Distinct keys. */
  readonly keys: readonly PublicKey[];
}

const KEYS = [
  "format",
  "version",
  "issued",
  "expires",
  "channel",
  "crit",
  "allow_purge",
  "keys",
  "revoked",
] as const;

/** Reads the `_spec` element. Throws SpecError. */
export function readMeta(entry: object, index: number): SpecificationMeta {
  const fields = entryFields(entry, index);
  if (index !== 0) {
    throw fields.fault("name", { code: "spec_entry", is: '"_spec", but not in the first element' });
  }
  if (fields.text("match") !== "false") {
    throw fields.fault("match", {
      code: "spec_entry",
      is: 'not "false"',
      hint: "the reference would try to deploy it anywhere else",
    });
  }
  readChecksum(fields, "checksum");
  readChecksum(fields, "verify_checksum");
  const spec = fields.object("spec");
  if (spec === undefined) throw fields.fault("spec", { code: "spec_entry", is: "missing" });
  checkKeyCase(spec, KEYS, { where: `entry ${index}`, index });
  return readBody(new Fields(spec, { index, prefix: "spec." }));
}

function readBody(fields: Fields): SpecificationMeta {
  const format = fields.integer("format", { min: 0, max: Number.MAX_SAFE_INTEGER }) ?? 1;
  if (format !== 1) {
    throw fields.fault("format", { code: "crit_unsupported", is: "one that is not known here" });
  }
  const crit = fields.texts("crit", { max: 64 }) ?? [];
  const unknown = crit.find((name) =>
    !KNOWN_EXTENSIONS.includes(name) && !KEYS.some((key) => key === name)
  );
  if (unknown !== undefined) {
    throw fields.fault("crit", {
      code: "crit_unsupported",
      is: `a list with ${JSON.stringify(unknown.slice(0, 64))}, which is not known here`,
      hint: "this agent is too old for the list",
    });
  }
  const version = fields.integer("version", { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (version !== undefined && version > MAX_VERSION) {
    throw fields.fault("version", { code: "version_limit", is: `above ${MAX_VERSION}` });
  }
  return {
    version,
    issued: readTime(fields, "issued"),
    expires: readTime(fields, "expires"),
    channel: fields.text("channel"),
    crit,
    allowPurge: readAllowPurge(fields),
    keys: readKeys(fields),
    revoked: readRevoked(fields),
  };
}

const TIME = /^\d{4}-(\d\d)-(\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

function readTime(fields: Fields, field: string): number | undefined {
  const text = fields.text(field);
  if (text === undefined) return undefined;
  const match = TIME.exec(text);
  const time = Date.parse(text);
  const year = Number(text.slice(0, 4));
  // Date.parse takes 31 February for March.
  const days = new Date(Date.UTC(year, Number(match?.[1] ?? 1), 0)).getUTCDate();
  if (match === null || Number.isNaN(time) || Number(match[2]) > days) {
    throw fields.fault(field, {
      code: "spec_entry",
      is: "not a time such as 2026-12-22T16:00:00Z",
    });
  }
  return time;
}

function readAllowPurge(fields: Fields): readonly string[] | number {
  if (typeof fields.get("allow_purge") === "number") {
    return fields.integer("allow_purge", { min: 0, max: MAX_VERSION }) ?? [];
  }
  return fields.texts("allow_purge", { max: 10_000 }) ?? [];
}

function readKeys(fields: Fields): KeySet | undefined {
  const object = fields.object("keys");
  if (object === undefined) return undefined;
  const inner = new Fields(object, { index: 0, prefix: "spec.keys." });
  const list = (inner.texts("keys", { max: MAX_SIGNATURES }) ?? []).map((hex) => {
    try {
      return PublicKey.parse(hex);
    } catch (error) {
      if (!(error instanceof KeyError)) throw error;
      throw inner.fault("keys", {
        code: "spec_entry",
        is: `a list with a key that is refused: ${error.code}`,
      });
    }
  });
  const keys = [...new Map(list.map((key) => [key.hex, key])).values()];
  if (keys.length === 0 || keys.length < list.length) {
    throw inner.fault("keys", { code: "spec_entry", is: "empty or has a key twice" });
  }
  const threshold = inner.integer("threshold", { min: 1, max: keys.length }) ?? 1;
  return { threshold, keys };
}

function readRevoked(fields: Fields): readonly string[] {
  const revoked = fields.texts("revoked", { max: MAX_REVOKED }) ?? [];
  if (!revoked.every((hex) => /^[0-9a-fA-F]{64}$/.test(hex))) {
    throw fields.fault("revoked", {
      code: "spec_entry",
      is: "not a list of keys of 64 hex digits",
    });
  }
  return revoked.map((hex) => hex.toLowerCase());
}
