import { parseStrictJson, StrictJsonError } from "../util/strict_json.ts";
import { type ManagedMachine, readEntry } from "./entry.ts";
import { MAX_DEPTH, MAX_MACHINES, MAX_PAYLOAD_BYTES, MAX_STRING_BYTES } from "./limits.ts";
import { readMeta, SPEC_ENTRY, type SpecificationMeta } from "./meta.ts";
import type { PublicKey } from "./public_key.ts";
import { SpecError } from "./spec_error.ts";
import { TrustedBytes } from "./verify.ts";

/** A machines list that was verified and read. */
export interface Specification {
  /** Its machines, in its order. */
  readonly machines: readonly ManagedMachine[];
  /** What it says about itself. */
  readonly meta: SpecificationMeta | undefined;
  /** SHA-256 of the payload. */
  readonly sha256: string;
  /** Keys that signed it; empty when nobody was asked. */
  readonly signers: readonly PublicKey[];
}

/** Reads a verified payload. The first fault refuses the whole list: throws SpecError. */
export function parseSpecification(trusted: TrustedBytes): Specification {
  if (!TrustedBytes.is(trusted)) {
    throw new TypeError("Cannot parse specification: its bytes have not been verified");
  }
  const { machines, meta } = readList(trusted.payload, (fault) => {
    throw fault;
  });
  return { machines, meta, sha256: trusted.sha256, signers: trusted.signers };
}

/** The parts of a list, as {@linkcode readList} finds them. */
export interface SpecificationList {
  /** Entries that can be read. */
  readonly machines: readonly ManagedMachine[];
  /** The `_spec` element. */
  readonly meta: SpecificationMeta | undefined;
}

/**
 * Reads the bytes of a list and hands every fault to `report`, which may throw. Trusts nothing: nodes come here
 * through {@linkcode parseSpecification} only, signers through `lint`.
 */
export function readList(
  payload: Uint8Array,
  report: (fault: SpecError) => void,
): SpecificationList {
  const elements = attempt(report, () => readElements(payload)) ?? [];
  const machines: ManagedMachine[] = [];
  const names = new Map<string, string>();
  let meta: SpecificationMeta | undefined;
  for (const [index, element] of elements.entries()) {
    attempt(report, () => {
      if (typeof element !== "object" || element === null || Array.isArray(element)) {
        throw new SpecError(`Cannot read entry ${index}: it is not an object`, {
          code: "entry_type",
          index,
        });
      }
      if (Object.getOwnPropertyDescriptor(element, "name")?.value === SPEC_ENTRY) {
        meta = readMeta(element, index);
        return;
      }
      const machine = readEntry(element, index);
      checkUnique(machine.name, index, names);
      machines.push(machine);
    });
  }
  return { machines, meta };
}

function readElements(payload: Uint8Array): readonly unknown[] {
  let value: unknown;
  try {
    value = parseStrictJson(payload, {
      maxBytes: MAX_PAYLOAD_BYTES,
      maxDepth: MAX_DEPTH,
      maxStringBytes: MAX_STRING_BYTES,
    });
  } catch (error) {
    if (!(error instanceof StrictJsonError)) throw error;
    const index = /^\[(\d+)\]/.exec(error.path)?.[1];
    throw new SpecError(error.message.replace("parse JSON", "read payload"), {
      code: error.code === "syntax" ? "payload_json" : error.code,
      index: index === undefined ? undefined : Number(index),
      cause: error,
    });
  }
  if (!Array.isArray(value)) {
    throw new SpecError("Cannot read payload: it is not a list of machines", {
      code: "payload_type",
      hint: value === null ? 'an empty list is "[]"' : undefined,
    });
  }
  const first: unknown = value[0];
  const extra = typeof first === "object" && first !== null &&
      Object.getOwnPropertyDescriptor(first, "name")?.value === SPEC_ENTRY
    ? 1
    : 0;
  if (value.length - extra > MAX_MACHINES) {
    throw new SpecError(`Cannot read payload: it has more than ${MAX_MACHINES} machines`, {
      code: "limit",
    });
  }
  return value;
}

/** Case twins would be one directory on some file systems, and one name in the reference's eyes on others. */
function checkUnique(name: string, index: number, names: Map<string, string>): void {
  const folded = name.toLowerCase();
  const other = names.get(folded);
  names.set(folded, name);
  if (other === undefined) return;
  const same = other === name;
  throw new SpecError(
    same
      ? `Cannot read entry ${index}: there is another machine "${name}"`
      : `Cannot read entry ${index}: "${name}" and "${other}" differ by case alone`,
    { code: same ? "name_duplicate" : "name_case_collision", index, field: "name" },
  );
}

function attempt<T>(report: (fault: SpecError) => void, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    report(error);
    return undefined;
  }
}
