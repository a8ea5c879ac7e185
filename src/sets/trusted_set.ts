import { compileMatch, type Match } from "../match/match.ts";
import { FsError } from "../ports/fs.ts";
import type { Ports } from "../ports/ports.ts";
import { type Envelope, envelopeFromData } from "../spec/envelope.ts";
import type { ManagedMachine } from "../spec/entry.ts";
import type { PublicKey } from "../spec/public_key.ts";
import { SpecError } from "../spec/spec_error.ts";
import { type Applied, apply, type Discard } from "./apply.ts";
import { type Desired, desired } from "./desired.ts";
import { leftManagers } from "./left_managers.ts";
import { ManagedRecords } from "./managed_records.ts";
import { managerManifest } from "./manager_manifest.ts";
import { type Plan, plan, type PlanInput } from "./plan.ts";
import { present } from "./present.ts";
import { reportSet, type Trouble } from "./report_set.ts";
import type { SetReport } from "./set_report.ts";
import { trustPaths } from "./state_file.ts";
import { foreignDirectories, survey } from "./survey.ts";
import type { TrustPolicy } from "./trust_policy.ts";
import { type InForce, TrustStore } from "./trust_store.ts";

/** Options of {@linkcode TrustedSet}. */
export interface TrustedSetOptions extends TrustPolicy {
  /** Which manager: `manager` for the built-in one, `managers/<machine name>` for one of the user's. */
  readonly owner: string;
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
  /** Keys that may sign; empty only with `insecureUnsigned`. */
  readonly keys: readonly PublicKey[];
  /**
   * How many of them must.
   * @default {1}
   */
  readonly threshold?: number | undefined;
  /**
   * Takes lists whoever signed them, when there are no keys.
   * @default {false}
   */
  readonly insecureUnsigned?: boolean | undefined;
  /**
   * Removes machines that a verified list does not want here.
   * @default {false}
   */
  readonly purge?: boolean | undefined;
  /**
   * Holds back removals that look like a mistake.
   * @default {true}
   */
  readonly purgeGuard?: boolean | undefined;
  /**
   * What an empty list does: `choria` removes all, as the reference has it.
   * @default {"guard"}
   */
  readonly purgeEmpty?: "guard" | "choria" | undefined;
  /**
   * Milliseconds between two checks of an installed machine.
   * @default {120000}
   */
  readonly manageIntervalMs?: number | undefined;
  /** Where removed machines go. */
  readonly discard: Discard;
  /** The world. */
  readonly ports: Pick<Ports, "clock" | "fs" | "log" | "neighbours" | "node">;
}

/** Options of {@linkcode TrustedSet.settle}. */
export interface SettleOptions {
  /** Abandons the work; the call rejects with its reason. */
  readonly signal: AbortSignal;
  /** The store's revision of the envelope, when it is known: only for the report. */
  readonly revision?: number | undefined;
}

/** A value, or why there is none; what is no trouble of a list or a disk is thrown on. */
type Attempt<T> = { readonly value: T } | { readonly trouble: Trouble };

/**
 * The machines of a signed list on one node: verifies an envelope, decides, and makes the manager machines
 * what the list says. Whatever goes wrong leaves what runs as it is and says why in the report.
 */
export class TrustedSet {
  readonly #options: TrustedSetOptions;
  readonly #trust: TrustStore;
  readonly #matches = new Map<string, Match>();
  readonly #manifests = new WeakMap<ManagedMachine, string>();
  #lastData: { readonly value: object; readonly envelope: Envelope } | undefined;
  #revision: number | undefined;
  #lastTrouble: string | undefined;

  /** Throws TypeError when there are no keys and nobody allowed that. */
  constructor(options: TrustedSetOptions) {
    this.#options = options;
    this.#trust = new TrustStore({ ...options, paths: trustPaths(options) });
  }

  /** Reads the state ahead of the first settling. Throws SpecError `key_revoked`, and FsError. */
  load(): void {
    this.#trust.load();
  }

  /** As {@linkcode TrustedSet.settle}, from a data item: undefined when there is none. */
  async settleData(value: unknown, options: SettleOptions): Promise<SetReport> {
    if (value === undefined) return await this.settle(undefined, options);
    let envelope: Envelope;
    try {
      envelope = this.#readData(value);
    } catch (error) {
      return await this.#settle(refused(error), options);
    }
    return await this.settle(envelope, options);
  }

  /**
   * Takes an envelope up and makes the node what the list in force says; undefined stands for a store that has
   * none, or cannot be asked. Rejects only when `signal` aborts.
   */
  async settle(envelope: Envelope | undefined, options: SettleOptions): Promise<SetReport> {
    if (envelope === undefined) {
      return await this.#settle(absent(), options);
    }
    try {
      this.#trust.consider(envelope);
    } catch (error) {
      return await this.#settle(refused(error), options);
    }
    this.#revision = options.revision;
    return await this.#settle(undefined, options);
  }

  async #settle(trouble: Trouble | undefined, { signal }: SettleOptions): Promise<SetReport> {
    signal.throwIfAborted();
    const loaded = attempt(() => this.#trust.load());
    const first = trouble ?? ("trouble" in loaded ? loaded.trouble : undefined);
    this.#tell(first);
    const { inForce, warnings } = this.#trust;
    if (inForce === undefined) {
      return reportSet({ trouble: first ?? absent(), warnings });
    }
    const { fs, node, clock } = this.#options.ports;
    const wanted = await desired(inForce.specification.machines, node, {
      signal,
      clock,
      compile: (source) => this.#compile(source),
    });
    const looked = attempt(() => this.#look(inForce, wanted, first === undefined));
    if ("trouble" in looked) {
      return reportSet({ trouble: looked.trouble, inForce, desired: wanted, warnings });
    }
    const { records, decided, manifests, standing } = looked.value;
    const { fault } = records;
    let applied: Applied | undefined;
    let failure: Trouble | undefined;
    try {
      const { machines, discard, ports: { neighbours } } = this.#options;
      const world = { fs, neighbours, machines, discard, records, manifests, signal };
      applied = await apply(decided, world);
    } catch (error) {
      signal.throwIfAborted();
      failure = refused(error);
    }
    return reportSet({
      trouble: first ?? failure,
      inForce,
      desired: wanted,
      plan: decided,
      applied,
      revision: this.#revision,
      foreign: foreignDirectories(standing, records.all, applied?.removed),
      warnings: fault === undefined ? warnings : [...warnings, `records_${fault}`],
    });
  }

  /** All that the plan needs to know, and the plan. Throws FsError. */
  #look(
    { specification: { machines: listed, meta } }: InForce,
    wanted: readonly Desired[],
    known: boolean,
  ) {
    const { machines, stateDirectory, owner, ports: { fs, clock } } = this.#options;
    const { purge = false, purgeGuard = true, purgeEmpty = "guard" } = this.#options;
    const records = ManagedRecords.load(fs, stateDirectory);
    const manifests = new Map(listed.map((machine) => [machine.name, this.#manifest(machine)]));
    const standing = present(fs, machines);
    const input: PlanInput = {
      owner,
      desired: wanted,
      meta,
      records: records.all,
      standing: survey(wanted, {
        fs,
        machines,
        present: standing,
        records: records.all,
        manifests,
      }),
      left: leftManagers({
        fs,
        machines,
        stateDirectory,
        owner,
        present: standing,
        records: records.all,
      }),
      purge: purge && known,
      guard: purgeGuard,
      purgeEmpty,
      now: clock.now(),
    };
    // What a newer agent wrote must not be changed: everything stays as it is.
    const readOnly = records.fault === "newer";
    const decided: Plan = readOnly ? { steps: [], blocked: undefined } : plan(input);
    return { records, decided, manifests, standing };
  }

  #manifest(machine: ManagedMachine): string {
    const known = this.#manifests.get(machine);
    if (known !== undefined) return known;
    const { machines: target, manageIntervalMs: intervalMs = 120_000 } = this.#options;
    const text = managerManifest(machine, { target, intervalMs });
    this.#manifests.set(machine, text);
    return text;
  }

  #compile(source: string): Match {
    const known = this.#matches.get(source);
    if (known !== undefined) return known;
    // One list has at most so many; those of older lists go.
    if (this.#matches.size >= 2_000) this.#matches.clear();
    const match = compileMatch(source);
    this.#matches.set(source, match);
    return match;
  }

  #readData(value: unknown): Envelope {
    if (typeof value !== "object" || value === null) return envelopeFromData(value);
    if (this.#lastData?.value === value) return this.#lastData.envelope;
    const envelope = envelopeFromData(value);
    this.#lastData = { value, envelope };
    return envelope;
  }

  /** Says a trouble once, not at each look; the same code for another reason is another trouble. */
  #tell(trouble: Trouble | undefined): void {
    const told = trouble && `${trouble.code} ${trouble.reason}`;
    if (told === this.#lastTrouble) return;
    this.#lastTrouble = told;
    if (trouble === undefined) return;
    const { code, reason, hint } = trouble;
    const { log } = this.#options.ports;
    // A node that waits for its first list is no trouble: the first look comes before the store has answered.
    const waits = code === "spec_absent" && this.#trust.inForce === undefined;
    if (waits) log.info("There is no specification yet");
    else log.warn("The specification is not taken up", { code, reason, hint });
  }
}

function attempt<T>(act: () => T): Attempt<T> {
  try {
    return { value: act() };
  } catch (error) {
    return { trouble: refused(error) };
  }
}

function refused(error: unknown): Trouble {
  if (error instanceof SpecError) {
    return { code: error.code, reason: error.message, hint: error.hint };
  }
  if (error instanceof FsError) return { code: "disk", reason: error.message, hint: undefined };
  throw error;
}

function absent(): Trouble {
  return { code: "spec_absent", reason: "there is no specification", hint: undefined };
}
