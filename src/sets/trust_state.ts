import { sha256 } from "../util/digest.ts";
import { parseStrictJson } from "../util/strict_json.ts";

/** What a node remembers of the lists that it has accepted. */
export interface TrustState {
  /** The newest version that was accepted; undefined before the first list with a version. */
  readonly floor: TrustFloor | undefined;
  /** The keys of the configuration when this was written: when they change, what was handed down is void. */
  readonly root: KeyNames;
  /** Keys that a list has handed over to; undefined while those of the configuration sign. */
  readonly keySet: KeyNames | undefined;
  /** Keys that are never trusted again. */
  readonly revoked: readonly string[];
  /** The latest `issued` of an accepted list: a clock before it is wrong. Milliseconds since the epoch. */
  readonly clockFloor: number;
  /** The newest roll-backs that somebody allowed here. */
  readonly overrides: readonly TrustOverride[];
}

/** A version, and which list had it. */
export interface TrustFloor {
  /** Version of the list. */
  readonly version: number;
  /** SHA-256 of its payload. */
  readonly sha256: string;
}

/** Keys by their hex, and how many of them must sign. */
export interface KeyNames {
  /** How many must sign. */
  readonly threshold: number;
  /** 64 lower-case hex digits each. */
  readonly keys: readonly string[];
}

/** A roll-back that was allowed and used. */
export interface TrustOverride {
  /** The version that was gone back to. */
  readonly version: number;
  /** The version before. */
  readonly from: number;
  /** Who or why, in the words of whoever allowed it. */
  readonly reason: string;
  /** When it was allowed, milliseconds since the epoch: tells one permission from another. */
  readonly allowed: number;
  /** When it was used, milliseconds since the epoch. */
  readonly at: number;
}

/** One copy of the state, as found on disk. */
export type TrustCopy =
  | { readonly kind: "found"; readonly state: TrustState; readonly text: string }
  | { readonly kind: "absent" | "damaged" | "newer" };

/** What is made of the two copies. */
export interface TrustRecovery {
  /** The state to go on with; undefined when both copies are gone. */
  readonly state: TrustState | undefined;
  /** True when a newer agent wrote one: then nothing may be accepted or written. */
  readonly readOnly: boolean;
  /** Stable words for what was found wrong. */
  readonly warnings: readonly string[];
}

/** The format that this agent writes, and the newest that it reads. */
const FORMAT = 1;

/** The JSON of a state, sealed by a digest against truncation and careless edits. */
export function writeTrust(state: TrustState): string {
  const body = {
    format: FORMAT,
    floor: state.floor,
    root: state.root,
    key_set: state.keySet,
    revoked: state.revoked,
    clock_floor: state.clockFloor,
    overrides: state.overrides,
  };
  return `${JSON.stringify({ ...body, seal: sha256(JSON.stringify(body)) })}\n`;
}

/** Reads one copy. Never throws. */
export function readTrust(bytes: Uint8Array | undefined): TrustCopy {
  if (bytes === undefined) return { kind: "absent" };
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const { seal, ...body } = parseStrictJson(text) as Record<string, unknown>;
    if (typeof body["format"] === "number" && body["format"] > FORMAT) return { kind: "newer" };
    if (seal !== sha256(JSON.stringify(body))) return { kind: "damaged" };
    const state: TrustState = {
      floor: body["floor"] as TrustFloor | undefined,
      root: body["root"] as KeyNames,
      keySet: body["key_set"] as KeyNames | undefined,
      revoked: body["revoked"] as readonly string[],
      clockFloor: body["clock_floor"] as number,
      overrides: body["overrides"] as readonly TrustOverride[],
    };
    return { kind: "found", state, text };
  } catch {
    return { kind: "damaged" };
  }
}

/**
 * Makes one state of the two copies. They are written one after the other, so a witness that lags behind is no
 * news; one that is ahead means that an older copy was put back, or that the state was lost.
 */
export function recoverTrust(main: TrustCopy, witness: TrustCopy): TrustRecovery {
  const found = [main, witness].flatMap((copy) => copy.kind === "found" ? [copy.state] : []);
  if (main.kind === "newer" || witness.kind === "newer") {
    return { state: found[0], readOnly: true, warnings: ["read_only"] };
  }
  const warnings: string[] = [];
  if (main.kind === "damaged") warnings.push("trust_damaged");
  if (main.kind === "absent" && witness.kind === "found") warnings.push("trust_restored");
  const [first, second] = found;
  if (first === undefined || second === undefined) {
    return { state: first, readOnly: false, warnings };
  }
  const ahead = (second.floor?.version ?? -1) > (first.floor?.version ?? -1);
  if (ahead) warnings.push("floor_disagrees");
  const state = {
    ...(ahead ? second : first),
    revoked: [...new Set([...first.revoked, ...second.revoked])],
    clockFloor: Math.max(first.clockFloor, second.clockFloor),
  };
  return { state, readOnly: false, warnings };
}
