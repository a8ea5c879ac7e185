import { type Fs, FsError } from "../ports/fs.ts";
import type { Log } from "../ports/log.ts";
import { type Envelope, readEnvelope } from "../spec/envelope.ts";
import { MAX_ENVELOPE_BYTES } from "../spec/limits.ts";
import { SpecError } from "../spec/spec_error.ts";
import { parseStrictJson } from "../util/strict_json.ts";
import { readState, type TrustPaths, writeState } from "./state_file.ts";
import {
  readTrust,
  recoverTrust,
  type TrustOverride,
  type TrustRecovery,
  type TrustState,
  writeTrust,
} from "./trust_state.ts";

/** A permission for one roll-back, as it lies on the node. */
export type OverrideFile = Pick<TrustOverride, "version" | "reason" | "allowed">;

/** Bytes that a permission may have. */
const MAX_OVERRIDE_BYTES = 64 * 1024;

/** Options of {@linkcode TrustFiles}. */
export interface TrustFilesOptions {
  /** Where the files are. */
  readonly paths: TrustPaths;
  /** The world. */
  readonly ports: {
    /** Files. */
    readonly fs: Fs;
    /** What is wrong with the second copy is only logged. */
    readonly log: Log;
  };
}

/** The files that one manager's trust is kept in. */
export class TrustFiles {
  readonly #fs: Fs;
  readonly #log: Log;
  readonly #paths: TrustPaths;
  /** What both copies hold on disk; undefined when they differ or are not known. */
  #saved: string | undefined;

  /** Reads nothing yet. */
  constructor({ paths, ports: { fs, log } }: TrustFilesOptions) {
    this.#fs = fs;
    this.#log = log;
    this.#paths = paths;
  }

  /** Makes one state of both copies. Throws FsError. */
  readState(): TrustRecovery {
    const main = readTrust(readState(this.#fs, this.#paths.trust));
    const witness = readTrust(this.#readWitness());
    const same = main.kind === "found" && witness.kind === "found" && main.text === witness.text;
    this.#saved = same ? main.text : undefined;
    return recoverTrust(main, witness);
  }

  /** Writes both copies unless they hold just that. Throws FsError for the first one only. */
  writeState(state: TrustState): void {
    const text = writeTrust(state);
    if (text === this.#saved) return;
    this.#saved = undefined;
    const bytes = new TextEncoder().encode(text);
    writeState(this.#fs, this.#paths.trust, { bytes, durable: !isDerivable(state) });
    try {
      // A witness that lags behind or is missing is no harm: it need not be durable.
      writeState(this.#fs, this.#paths.witness, { bytes, durable: false });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.#log.warn("The second copy of the trust state cannot be written", { code: error.code });
    }
    // Not tried again for the same state: an agent that cannot write there must not write at each look.
    this.#saved = text;
  }

  /** The last known good envelope, nothing in it trusted; undefined when there is none. Throws FsError. */
  readEnvelope(): Envelope | "damaged" | undefined {
    const bytes = readState(this.#fs, this.#paths.lastKnownGood, MAX_ENVELOPE_BYTES);
    if (bytes === undefined) return undefined;
    try {
      return readEnvelope(bytes);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      return "damaged";
    }
  }

  /** Keeps an envelope as the last known good one. Throws FsError. */
  writeEnvelope(bytes: Uint8Array): void {
    writeState(this.#fs, this.#paths.lastKnownGood, { bytes });
  }

  /** A permission that has not been used yet. One that cannot be read allows nothing and stops nothing. */
  readOverride(used: readonly TrustOverride[]): OverrideFile | undefined {
    const file = readOverrideFile(this.#fs, this.#paths.override);
    if (file !== "unreadable") {
      // Used, but the agent stopped before it could remove it.
      return file !== undefined && isUsed(file, used) ? undefined : file;
    }
    this.#log.warn("The permission for a roll-back cannot be read", { path: this.#paths.override });
    return undefined;
  }

  /** Removes a permission that has been used; where that fails, the state says that it was. */
  removeOverride(): void {
    try {
      this.#fs.removeTree(this.#paths.override);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      this.#log.warn("The used permission for a roll-back cannot be removed", { code: error.code });
    }
  }

  #readWitness(): Uint8Array | undefined {
    try {
      return readState(this.#fs, this.#paths.witness);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      return undefined;
    }
  }
}

/** Whether a state follows from the configuration and the last known good envelope, which is durable. */
function isDerivable({ keySet, revoked, overrides }: TrustState): boolean {
  return keySet === undefined && revoked.length === 0 && overrides.length === 0;
}

function readOverrideFile(fs: Fs, path: string): OverrideFile | "unreadable" | undefined {
  try {
    const bytes = readState(fs, path, MAX_OVERRIDE_BYTES);
    if (bytes === undefined) return undefined;
    const { version, allowed, reason } = parseStrictJson(bytes) as Record<string, unknown>;
    if (typeof version !== "number" || typeof allowed !== "number") return "unreadable";
    return { version, allowed, reason: String(reason ?? "") };
  } catch (error) {
    if (error instanceof FsError || error instanceof SyntaxError) return "unreadable";
    throw error;
  }
}

function isUsed({ version, allowed }: OverrideFile, used: readonly TrustOverride[]): boolean {
  return used.some((one) => one.version === version && one.allowed === allowed);
}

/** What lies on a node about its trust, for whoever administers it. */
export interface TrustRecord {
  /** What is remembered; undefined before the first list, and when both copies are gone. */
  readonly state: TrustState | undefined;
  /** A permission for a roll-back that waits to be used. */
  readonly pending: OverrideFile | undefined;
}

/** Reads what a node remembers, and changes nothing. Throws FsError. */
export function readTrustRecord(fs: Fs, paths: TrustPaths): TrustRecord {
  const { state } = recoverTrust(
    readTrust(readState(fs, paths.trust)),
    readTrust(readState(fs, paths.witness)),
  );
  const file = readOverrideFile(fs, paths.override);
  const open = file === undefined || file === "unreadable" || isUsed(file, state?.overrides ?? []);
  return { state, pending: open ? undefined : file };
}

/** Takes a permission back that was not used: whether there was one. Throws FsError. */
export function withdrawRollback(fs: Fs, paths: TrustPaths): boolean {
  const there = fs.lstat(paths.override) !== undefined;
  if (there) fs.removeTree(paths.override);
  return there;
}

/** Allows one roll-back to `version` on this node, once. For whoever administers the node. Throws FsError. */
export function allowRollback(
  fs: Fs,
  { paths, ...override }: OverrideFile & { readonly paths: TrustPaths },
): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(override)}\n`);
  writeState(fs, paths.override, { bytes });
}
