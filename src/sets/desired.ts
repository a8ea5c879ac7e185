import { compileMatch, type EvaluateOptions, type Match } from "../match/match.ts";
import type { Node } from "../ports/node.ts";
import type { ManagedMachine } from "../spec/entry.ts";

/** What a verified list says about one machine and this node. */
export interface Desired {
  /** The entry. */
  readonly machine: ManagedMachine;
  /** Whether the machine belongs here; null when that cannot be told. */
  readonly wanted: boolean | null;
  /** Stable reason, `match_error`, when it cannot be told. */
  readonly code: string | undefined;
  /** One line for people. */
  readonly reason: string;
}

/** Options of {@linkcode desired}. */
export interface DesiredOptions extends EvaluateOptions {
  /**
   * Compiles an expression; for tests, and for a cache.
   * @default {compileMatch}
   */
  readonly compile?: (source: string) => Pick<Match, "evaluate">;
}

/**
 * Asks of each machine of a list whether it belongs on this node. What goes wrong with one expression makes
 * that machine unknown, which is neither wanted nor unwanted; only an abort rejects.
 */
export function desired(
  machines: readonly ManagedMachine[],
  node: Node,
  { compile = compileMatch, ...options }: DesiredOptions = {},
): Promise<readonly Desired[]> {
  options.signal?.throwIfAborted();
  return Promise.all(machines.map(async (machine): Promise<Desired> => {
    try {
      const wanted = await compile(machine.match).evaluate(node, options);
      const reason = wanted ? "it is for this node" : "its match is false on this node";
      return { machine, wanted, code: undefined, reason };
    } catch (error) {
      options.signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      return { machine, wanted: null, code: "match_error", reason };
    }
  }));
}
