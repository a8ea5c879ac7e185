import type { KvBucket } from "../ports/kv.ts";
import { acceptSpecification } from "../sets/trust_policy.ts";
import type { TrustState } from "../sets/trust_state.ts";
import type { Envelope } from "../spec/envelope.ts";
import type { PublicKey } from "../spec/public_key.ts";
import { SpecError } from "../spec/spec_error.ts";
import { parseSpecification } from "../spec/specification.ts";
import { findSigners, verify } from "../spec/verify.ts";
import { sha256 } from "../util/digest.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import { readStored, type StoredList } from "./stored_list.ts";

/** Options of {@linkcode refuseStale}. */
export interface StaleOptions {
  /** Bucket of the store. */
  readonly bucket: KvBucket;
  /** Key of the specification. */
  readonly key: string;
  /** Keys of which one must have signed. */
  readonly keys: readonly PublicKey[];
  /** Wall-clock time, milliseconds since the epoch. */
  readonly now: number;
}

/** Versions that nodes refuse, and what brings a list past them. */
const STALE = new Set(["rollback", "equivocation", "version_missing"]);

/**
 * Ends the command when nodes that run what the store holds now would refuse this list: for its version, its expiry,
 * its keys. Decided by the nodes' own code. Returns the revision that it was held against, 0 for none.
 */
export async function refuseStale(
  envelope: Envelope,
  { bucket, key, keys, now }: StaleOptions,
): Promise<number> {
  const found = await bucket.get(key);
  const current = found.kind === "value" ? readStored(found.value, keys) : undefined;
  // What nobody trusted has signed was taken up by no node either.
  const inForce = current?.verified === true ? current : undefined;
  try {
    const state = stateAfter(inForce, keys);
    const { keys: names, threshold } = state.keySet ?? state.root;
    const trusted = (inForce?.meta?.keys?.keys ?? keys).filter(({ hex }) =>
      names.includes(hex) && !state.revoked.includes(hex)
    );
    const specification = parseSpecification(
      verify(envelope, { keys: trusted.length === 0 ? keys : trusted, threshold }),
    );
    acceptSpecification({
      specification,
      state,
      policy: {},
      now,
      clockSuspect: false,
      signedBy: (others) => findSigners(envelope, others),
    });
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const why = error.message.replace(/^Cannot [^:]*: /, "");
    throw new CommandError(`Cannot publish list: nodes would refuse it: ${why}`, {
      code: error.code,
      exit: EXIT.failed,
      hint: STALE.has(error.code)
        ? "pack it with --spec-version next; --force puts it all the same"
        : error.hint,
      cause: error,
    });
  }
  return found.revision ?? 0;
}

/** What a node remembers that has taken up what the store holds. */
function stateAfter(list: StoredList | undefined, keys: readonly PublicKey[]): TrustState {
  const { meta, envelope, version } = list ?? {};
  const payload = envelope?.payload;
  return {
    floor: version === undefined || payload === undefined
      ? undefined
      : { version, sha256: sha256(payload) },
    root: { threshold: 1, keys: keys.map(({ hex }) => hex) },
    keySet: meta?.keys === undefined ? undefined : {
      threshold: meta.keys.threshold,
      keys: meta.keys.keys.map(({ hex }) => hex),
    },
    revoked: meta?.revoked ?? [],
    clockFloor: 0,
    overrides: [],
  };
}
