import type { ManagedMachine } from "./entry.ts";
import type { SpecificationMeta } from "./meta.ts";
import { readList } from "./specification.ts";
import type { SpecErrorCode } from "./spec_error.ts";

/** One thing that is wrong with a list. */
export interface Complaint {
  /** The code that nodes would report. */
  readonly code: SpecErrorCode | "match_error";
  /** One line for people. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Position of the entry in the list, from 0. */
  readonly index?: number;
  /** Name of the field. */
  readonly field?: string;
}

/** Options of {@linkcode lint}. */
export interface LintOptions {
  /** Compiles a match expression, as nodes do; throws when it cannot. Without it matchers are not looked at. */
  readonly compileMatch?: (source: string) => unknown;
}

/** What {@linkcode lint} found. */
export interface LintReport {
  /** What nodes would refuse; empty for a good list. */
  readonly complaints: readonly Complaint[];
  /** Entries that can be read. */
  readonly machines: readonly ManagedMachine[];
  /** The `_spec` element. */
  readonly meta: SpecificationMeta | undefined;
}

/**
 * Says all that nodes would say about a list, with the very code that they use. Where nodes stop at the first
 * fault, this goes on.
 */
export function lint(payload: Uint8Array, { compileMatch }: LintOptions = {}): LintReport {
  const complaints: Complaint[] = [];
  const { machines, meta } = readList(payload, ({ code, message, hint, index, field }) => {
    complaints.push({
      code,
      message,
      ...(hint === undefined ? {} : { hint }),
      ...(index === undefined ? {} : { index }),
      ...(field === undefined ? {} : { field }),
    });
  });
  for (const { name, match } of machines) {
    try {
      compileMatch?.(match);
    } catch (error) {
      complaints.push({
        code: "match_error",
        message: `Cannot match machine "${name}": ${
          error instanceof Error ? error.message : String(error)
        }`,
        field: "match",
      });
    }
  }
  return { complaints, machines, meta };
}
