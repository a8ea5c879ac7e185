import type { SpecificationMeta } from "../spec/meta.ts";
import type { PublicKey } from "../spec/public_key.ts";
import { SpecError } from "../spec/spec_error.ts";
import type { Specification } from "../spec/specification.ts";
import type { TrustOverride, TrustState } from "./trust_state.ts";

/** Roll-backs that the state remembers. */
const MAX_OVERRIDES = 20;

/** What this node asks of a list beyond its signatures. */
export interface TrustPolicy {
  /** The fleet that this node belongs to; lists for another one are refused. */
  readonly channel?: string | undefined;
  /** The oldest version that is ever taken: survives a wiped disk. */
  readonly minVersion?: number | undefined;
  /** Whether a list without a version is refused even before the first one that had a version. */
  readonly requireVersion?: boolean | undefined;
}

/** What {@linkcode acceptSpecification} decides from. */
export interface AcceptInput {
  /** The verified list. */
  readonly specification: Specification;
  /** What is remembered. */
  readonly state: TrustState;
  /** What this node asks. */
  readonly policy: TrustPolicy;
  /** Wall-clock time, milliseconds since the epoch. */
  readonly now: number;
  /** Whether that time cannot be believed: then nothing is held to be expired. */
  readonly clockSuspect: boolean;
  /** Whether the list in force is looked at again, after a restart: then its expiry stops nothing. */
  readonly inForce?: boolean | undefined;
  /** Which of some keys have signed the list. */
  readonly signedBy: (keys: readonly PublicKey[]) => readonly PublicKey[];
  /** A roll-back that somebody allowed here. */
  readonly override?: Pick<TrustOverride, "version" | "reason" | "allowed"> | undefined;
}

/** What was decided. */
export interface Acceptance {
  /** What to remember from now on. */
  readonly state: TrustState;
  /** Set when the list was accepted only because somebody allowed the roll-back. */
  readonly override: TrustOverride | undefined;
}

/**
 * Decides whether a verified list may follow what was accepted before: fleet, version, expiry, keys. Pure.
 * Throws SpecError.
 */
export function acceptSpecification(input: AcceptInput): Acceptance {
  const { specification: { meta, sha256 }, state, policy } = input;
  if (
    policy.channel !== undefined && meta?.channel !== undefined && meta.channel !== policy.channel
  ) {
    throw refuse("audience", `it is for the channel "${meta.channel}", not "${policy.channel}"`);
  }
  const keySet = nextKeys(input);
  const rotates = keySet !== undefined;
  const override = checkVersion(input, rotates);
  if (!input.inForce && !input.clockSuspect && meta?.expires !== undefined) {
    if (input.now > meta.expires) {
      throw refuse("expired", `it expired at ${new Date(meta.expires).toISOString()}`);
    }
  }
  return {
    override,
    state: {
      ...state,
      floor: meta?.version === undefined ? state.floor : { version: meta.version, sha256 },
      keySet: keySet ?? state.keySet,
      revoked: [...new Set([...state.revoked, ...meta?.revoked ?? []])],
      clockFloor: Math.max(state.clockFloor, meta?.issued ?? 0),
      overrides: override === undefined
        ? state.overrides
        : [...state.overrides, override].slice(-MAX_OVERRIDES),
    },
  };
}

function checkVersion(
  { specification: { meta, sha256 }, state: { floor }, policy, override, now }: AcceptInput,
  rotates: boolean,
): TrustOverride | undefined {
  const version = meta?.version;
  if (version === undefined) {
    if (floor === undefined && !policy.requireVersion && policy.minVersion === undefined) return;
    throw refuse(
      "version_missing",
      floor === undefined
        ? "it has no version, and this node wants one"
        : `it has no version, after one with version ${floor.version} was accepted`,
    );
  }
  if (version < (policy.minVersion ?? 0)) {
    throw refuse("rollback", `it has version ${version}, and this node wants ${policy.minVersion}`);
  }
  // New keys start at whatever version they state: the way out after a version that was set too high.
  if (floor === undefined || rotates || version > floor.version) return;
  if (version === floor.version) {
    if (sha256 === floor.sha256) return;
    throw refuse(
      "equivocation",
      `version ${version} was accepted with other content: ${floor.sha256}, now ${sha256}`,
    );
  }
  if (override?.version === version) {
    return { ...override, from: floor.version, at: now };
  }
  throw refuse(
    "rollback",
    `it has version ${version}, older than the accepted ${floor.version}`,
    'publish it again with a higher version, or allow this one here with "machinist accept"',
  );
}

/** The key set that the list hands over to; undefined when it does not. */
function nextKeys({ specification, state, signedBy }: AcceptInput): TrustState["keySet"] {
  const { meta, signers } = specification;
  const revoked = new Set([...state.revoked, ...meta?.revoked ?? []]);
  const current = state.keySet ?? state.root;
  const next = meta?.keys;
  if (signers.length === 0) return undefined;
  if (next === undefined || sameKeys(next, current)) {
    const left = current.keys.filter((hex) => !revoked.has(hex));
    if (left.length >= current.threshold) return undefined;
    throw refuse(
      "rotation",
      "it revokes the keys that must sign the next one, and names no others",
    );
  }
  if (next.keys.some(({ hex }) => revoked.has(hex))) {
    throw refuse("key_revoked", "it hands over to a key that is revoked");
  }
  const signed = signedBy(next.keys).length;
  if (signed < next.threshold) {
    throw refuse(
      "rotation",
      `it hands over to keys of which ${signed} have signed it, not ${next.threshold}`,
      "a change of keys is signed by the old and by the new ones",
    );
  }
  return { threshold: next.threshold, keys: next.keys.map(({ hex }) => hex) };
}

function sameKeys(
  { threshold, keys }: NonNullable<SpecificationMeta["keys"]>,
  current: NonNullable<TrustState["keySet"]>,
): boolean {
  return threshold === current.threshold && keys.length === current.keys.length &&
    keys.every(({ hex }) => current.keys.includes(hex));
}

type PolicyCode =
  | "audience"
  | "version_missing"
  | "rollback"
  | "equivocation"
  | "expired"
  | "rotation"
  | "key_revoked";

function refuse(code: PolicyCode, why: string, hint?: string): SpecError {
  return new SpecError(`Cannot accept specification: ${why}`, { code, hint });
}
