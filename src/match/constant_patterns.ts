import type { Expression } from "./expression.ts";
import { FUNCTIONS } from "./functions.ts";
import { walk } from "./walk.ts";

/** A regular expression that stands in an expression as a constant. */
export interface ConstantPattern {
  /** The regular expression. */
  readonly pattern: string;
  /** Where it is used, counted from 1. */
  readonly column: number;
}

/** All constant regular expressions. */
export function constantPatterns(expression: Expression): readonly ConstantPattern[] {
  const found: ConstantPattern[] = [];
  for (const node of walk(expression)) {
    const pattern = patternOf(node);
    if (pattern?.kind === "literal" && typeof pattern.value === "string") {
      found.push({ pattern: pattern.value, column: node.column });
    }
  }
  return found;
}

function patternOf(node: Expression): Expression | undefined {
  if (node.kind === "call") return FUNCTIONS.get(node.name)?.pattern && node.parameters[0];
  return node.kind === "binary" && node.operator === "matches" ? node.right : undefined;
}
