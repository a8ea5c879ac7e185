import type { Clock } from "../ports/clock.ts";
import type { Fs } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import type { Envelope } from "../spec/envelope.ts";
import { PublicKey } from "../spec/public_key.ts";
import { SpecError } from "../spec/spec_error.ts";
import { parseSpecification, type Specification } from "../spec/specification.ts";
import { findSigners, type TrustedBytes, trustUnsigned, verify } from "../spec/verify.ts";
import { ClockWatch } from "./clock_watch.ts";
import type { TrustPaths } from "./state_file.ts";
import { TrustFiles } from "./trust_files.ts";
import { type AcceptInput, acceptSpecification, type TrustPolicy } from "./trust_policy.ts";
import type { TrustState } from "./trust_state.ts";

/** Options of {@linkcode TrustStore}. */
export interface TrustStoreOptions extends TrustPolicy {
  /** Where the state is kept. */
  readonly paths: TrustPaths;
  /** Keys of the configuration; empty only with `insecureUnsigned`. */
  readonly keys: readonly PublicKey[];
  /**
   * How many of them must sign.
   * @default {1}
   */
  readonly threshold?: number | undefined;
  /**
   * Takes lists whoever signed them, when there are no keys.
   * @default {false}
   */
  readonly insecureUnsigned?: boolean | undefined;
  /** The world. */
  readonly ports: {
    /** Files. */
    readonly fs: Fs;
    /** Time. */
    readonly clock: Clock;
    /** Where an override is logged. */
    readonly log: Log;
  };
}

/** A list in force, and the envelope that it came in. */
export interface InForce {
  /** The list. */
  readonly specification: Specification;
  /** Where it came from. */
  readonly envelope: Envelope;
}

/** Decides which list is in force, and remembers it over restarts, roll-backs and loss of state. */
export class TrustStore {
  readonly #options: TrustStoreOptions;
  readonly #files: TrustFiles;
  readonly #watch: ClockWatch;
  #state: TrustState | undefined;
  #inForce: InForce | undefined;
  #readOnly = false;
  #warnings: readonly string[] = [];

  /** Reads nothing before {@linkcode TrustStore.load}. */
  constructor(options: TrustStoreOptions) {
    if (options.keys.length === 0 && options.insecureUnsigned !== true) {
      throw new TypeError("Cannot keep trust: there is no public key");
    }
    this.#options = options;
    this.#files = new TrustFiles(options);
    this.#watch = new ClockWatch(options.ports.clock);
  }

  /** The list in force; undefined before the first one. */
  get inForce(): InForce | undefined {
    return this.#inForce;
  }

  /** Stable words for what somebody should know: of the state, of the clock, of expiry. */
  get warnings(): readonly string[] {
    return [...this.#warnings, ...this.#timeWarnings()];
  }

  /**
   * Reads the state and the last known good envelope, whose signatures are checked again. Does nothing the
   * second time. Throws FsError, and SpecError `key_revoked` when a key of the configuration is revoked.
   */
  load(): void {
    if (this.#state !== undefined) return;
    const recovery = this.#files.readState();
    const warnings = [...recovery.warnings];
    const state = this.#rooted(recovery.state);
    const envelope = this.#files.readEnvelope();
    if (envelope === "damaged") warnings.push("lkg_invalid");
    if (recovery.state === undefined && envelope !== undefined) warnings.push("floor_lost");
    const inForce = typeof envelope === "object"
      ? this.#reverify(envelope, state, warnings)
      : undefined;
    this.#readOnly = recovery.readOnly;
    this.#state = this.#caughtUp(state, inForce);
    const older = inForce !== undefined && !isFloor(inForce.specification, this.#state);
    // Put back by somebody: going back to it offline would be a roll-back all the same. What runs goes on.
    if (older) warnings.push("lkg_older");
    this.#inForce = older ? undefined : inForce;
    this.#warnings = warnings;
  }

  /**
   * Takes an envelope up: verifies and reads it, holds it against what was accepted before, and writes it down.
   * One that is in force already costs nothing. Throws SpecError, and FsError when it cannot be written down.
   */
  consider(envelope: Envelope): InForce {
    this.load();
    const state = this.#state ?? this.#rooted(undefined);
    if (this.#inForce !== undefined && sameBytes(envelope.bytes, this.#inForce.envelope.bytes)) {
      const { meta, sha256 } = this.#inForce.specification;
      const { floor } = state;
      if (meta?.version === floor?.version && sha256 === (floor?.sha256 ?? sha256)) {
        // Heals what was lost or lagged behind; writes nothing when all is as it should be.
        if (!this.#readOnly) this.#files.writeState(state);
        return this.#inForce;
      }
    }
    if (this.#readOnly) {
      throw new SpecError("Cannot accept specification: a newer agent wrote the state", {
        code: "read_only",
      });
    }
    const specification = parseSpecification(this.#trust(envelope, state));
    const next = acceptSpecification({
      ...this.#judgement({ specification, envelope }, state),
      override: this.#files.readOverride(state.overrides),
    });
    this.#write({ specification, envelope }, next.state);
    if (next.override !== undefined) {
      this.#options.ports.log.warn("A roll-back is accepted, as allowed on this node", {
        ...next.override,
      });
      this.#files.removeOverride();
    }
    this.#warnings = this.#warnings.filter((warning) => warning === "read_only");
    return { specification, envelope };
  }

  /** The envelope first: a floor without it would refuse what this node runs. */
  #write(inForce: InForce, state: TrustState): void {
    this.#files.writeEnvelope(inForce.envelope.bytes);
    this.#files.writeState(state);
    this.#state = state;
    this.#inForce = inForce;
  }

  #reverify(envelope: Envelope, state: TrustState, warnings: string[]): InForce | undefined {
    try {
      return { envelope, specification: parseSpecification(this.#trust(envelope, state)) };
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      warnings.push("lkg_invalid");
      return undefined;
    }
  }

  /** The state after a stop between writing the envelope and writing the state, or after its loss. */
  #caughtUp(state: TrustState, inForce: InForce | undefined): TrustState {
    if (inForce === undefined) return state;
    try {
      return acceptSpecification({ ...this.#judgement(inForce, state), inForce: true }).state;
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      return state;
    }
  }

  #judgement({ specification, envelope }: InForce, state: TrustState): AcceptInput {
    return {
      specification,
      state,
      policy: this.#options,
      now: this.#options.ports.clock.now(),
      clockSuspect: this.#watch.suspect(state.clockFloor),
      signedBy: (keys) => findSigners(envelope, keys),
    };
  }

  #trust(envelope: Envelope, state: TrustState): TrustedBytes {
    const { keys: configured } = this.#options;
    if (configured.length === 0) return trustUnsigned(envelope);
    const { threshold, keys: names } = state.keySet ?? state.root;
    const keys = names.filter((hex) => !state.revoked.includes(hex)).map((hex) =>
      configured.find((key) => key.hex === hex) ?? PublicKey.parse(hex)
    );
    if (keys.length === 0) {
      throw new SpecError("Cannot trust specification: every trusted key is revoked", {
        code: "key_revoked",
      });
    }
    return verify(envelope, { keys, threshold });
  }

  /** The state under the keys of the configuration, which win over all that was handed down under others. */
  #rooted(state: TrustState | undefined): TrustState {
    const { keys, threshold = 1 } = this.#options;
    const root = { threshold, keys: keys.map(({ hex }) => hex).sort() };
    if (state === undefined) {
      const fresh = { floor: undefined, keySet: undefined, revoked: [], clockFloor: 0 };
      return { ...fresh, root, overrides: [] };
    }
    if (JSON.stringify(root) === JSON.stringify(state.root)) return state;
    const revoked = root.keys.find((hex) => state.revoked.includes(hex));
    if (revoked !== undefined) {
      throw new SpecError(`Cannot use public key "${revoked}": a signed list has revoked it`, {
        code: "key_revoked",
      });
    }
    const before = state.keySet ?? state.root;
    const shared = root.keys.some((hex) => before.keys.includes(hex));
    return { ...state, root, keySet: undefined, floor: shared ? state.floor : undefined };
  }

  #timeWarnings(): readonly string[] {
    const suspect = this.#watch.suspect(this.#state?.clockFloor ?? 0);
    if (suspect) return ["clock_suspect"];
    const expires = this.#inForce?.specification.meta?.expires;
    if (expires === undefined) return [];
    const days = (expires - this.#options.ports.clock.now()) / 86_400_000;
    if (days < 0) return ["stale"];
    const soon = [1, 7, 30].find((limit) => days <= limit);
    return soon === undefined ? [] : [`expires_within_${soon}d`];
  }
}

/** Whether a list is the newest that was accepted, as far as that is known. */
function isFloor({ meta, sha256 }: Specification, { floor }: TrustState): boolean {
  return floor === undefined || (meta?.version === floor.version && sha256 === floor.sha256);
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at++) {
    if (one[at] !== other[at]) return false;
  }
  return true;
}
