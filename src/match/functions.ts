import { checkLookupPath, lookup } from "../util/lookup.ts";
import type { Node } from "../ports/node.ts";
import { compilePattern } from "./pattern.ts";

/** What functions may ask. */
export interface Probe {
  /** The node. */
  readonly node: Node;
  /** The node's facts, read once an evaluation. */
  facts(): Promise<Readonly<Record<string, unknown>>>;
  /** Aborts when the answer is no longer wanted. */
  readonly signal: AbortSignal;
}

/** A function of the language. All take one string. */
export interface MatchFunction {
  /** The type of its result. */
  readonly returns: "bool" | "any";
  /** Answers; a rejection makes the whole expression unknown. */
  call(argument: string, probe: Probe): Promise<unknown>;
  /** Checks an argument that is a constant when the expression is compiled; throws. */
  readonly check?: (argument: string) => void;
  /** Whether a constant argument is a regular expression, compiled ahead. */
  readonly pattern?: true;
}

/** Names whose value is the node's own, unless the caller gives another one. */
export const NODE_VARIABLES: ReadonlyMap<string, (probe: Probe) => unknown> = new Map([
  ["facts", (probe: Probe): unknown => probe.facts()],
  ["identity", ({ node }: Probe): unknown => node.identity],
]);

/** The functions of the language by name: a Map, so that `constructor` and its like are unknown names. */
export const FUNCTIONS: ReadonlyMap<string, MatchFunction> = new Map<string, MatchFunction>([
  ["identity", {
    returns: "bool",
    pattern: true,
    call: async (pattern, { node }) => (await compilePattern(pattern)).test(node.identity),
  }],
  ["has_file", {
    returns: "bool",
    // As the reference: whatever stands there counts, a directory too.
    call: async (path, { node, signal }) =>
      path !== "" && await node.pathKind(path, { signal }) !== "absent",
  }],
  ["has_directory", {
    returns: "bool",
    call: async (path, { node, signal }) =>
      path !== "" && await node.pathKind(path, { signal }) === "directory",
  }],
  ["has_command", {
    returns: "bool",
    call: async (name, { node, signal }) => name !== "" && await node.hasCommand(name, { signal }),
  }],
  ["get_fact", {
    returns: "any",
    check: checkLookupPath,
    call: async (path, probe) => {
      const found = lookup(await probe.facts(), path);
      return found.found ? found.value ?? null : null;
    },
  }],
]);
