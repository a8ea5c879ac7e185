import { type Envelope, readEnvelope } from "../spec/envelope.ts";
import type { ManagedMachine } from "../spec/entry.ts";
import { lint } from "../spec/lint.ts";
import type { SpecificationMeta } from "../spec/meta.ts";
import type { PublicKey } from "../spec/public_key.ts";
import { SpecError } from "../spec/spec_error.ts";
import { verify } from "../spec/verify.ts";

/** A value of the store, read as nodes with these keys would. */
export interface StoredList {
  /** Whether a trusted key signed it; null when no key was given to ask. */
  readonly verified: boolean | null;
  /** Keys that signed it, of those that were given. */
  readonly signers: readonly PublicKey[];
  /** The version that it states. */
  readonly version: number | undefined;
  /** What it says about itself, as far as it can be read. */
  readonly meta: SpecificationMeta | undefined;
  /** What it came in; undefined when that cannot be read. */
  readonly envelope: Envelope | undefined;
  /** Its machines, as far as they can be read. */
  readonly machines: readonly ManagedMachine[];
  /** Why nodes would refuse it; undefined when they would not. */
  readonly fault: { readonly code: string; readonly message: string } | undefined;
}

/** Reads a value of the store. Never throws for what is in it. */
export function readStored(bytes: Uint8Array, keys: readonly PublicKey[]): StoredList {
  let envelope: Envelope;
  try {
    envelope = readEnvelope(bytes);
  } catch (error) {
    const fault = faultOf(error);
    return {
      verified: keys.length === 0 ? null : false,
      signers: [],
      version: undefined,
      meta: undefined,
      envelope: undefined,
      machines: [],
      fault,
    };
  }
  const trust = trustOf(envelope, keys);
  const { machines, meta, complaints } = lint(envelope.payload);
  return {
    verified: keys.length === 0 ? null : trust.fault === undefined,
    signers: trust.signers,
    version: meta?.version,
    meta,
    envelope,
    machines,
    fault: trust.fault ?? complaints[0],
  };
}

function trustOf(
  envelope: Envelope,
  keys: readonly PublicKey[],
): Pick<StoredList, "signers" | "fault"> {
  if (keys.length === 0) return { signers: [], fault: undefined };
  try {
    return { signers: verify(envelope, { keys }).signers, fault: undefined };
  } catch (error) {
    return { signers: [], fault: faultOf(error) };
  }
}

function faultOf(error: unknown): { readonly code: string; readonly message: string } {
  if (!(error instanceof SpecError)) throw error;
  return { code: error.code, message: error.message };
}

/** What changed between two lists, in the words of a plan: `+ name`, `~ name`, `- name`. */
export function listDifference(
  before: readonly ManagedMachine[],
  after: readonly ManagedMachine[],
): readonly string[] {
  const old = new Map(before.map((machine) => [machine.name, JSON.stringify(machine)]));
  const now = new Set(after.map(({ name }) => name));
  return [
    ...after.flatMap((machine) => {
      const text = old.get(machine.name);
      if (text === undefined) return [`+ ${machine.name}`];
      return text === JSON.stringify(machine) ? [] : [`~ ${machine.name}`];
    }),
    ...before.filter(({ name }) => !now.has(name)).map(({ name }) => `- ${name}`),
  ];
}
