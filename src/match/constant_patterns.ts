import type { Expression } from "./expression.ts";
import { FUNCTIONS } from "./functions.ts";

/** A regular expression that stands in an expression as a constant. */
export interface ConstantPattern {
  /** The regular expression. */
  readonly pattern: string;
  /** Where it is used, counted from 1. */
  readonly column: number;
}

/** All constant regular expressions, without recursion: chains may be long. */
export function constantPatterns(expression: Expression): readonly ConstantPattern[] {
  const found: ConstantPattern[] = [];
  const open: Expression[] = [expression];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const pattern = patternOf(node);
    if (pattern?.kind === "literal" && typeof pattern.value === "string") {
      found.push({ pattern: pattern.value, column: node.column });
    }
    open.push(...children(node));
  }
  return found;
}

function patternOf(node: Expression): Expression | undefined {
  if (node.kind === "call") return FUNCTIONS.get(node.name)?.pattern && node.parameters[0];
  return node.kind === "binary" && node.operator === "matches" ? node.right : undefined;
}

function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "literal":
      return [];
    case "array":
      return node.elements;
    case "call":
      return node.parameters;
    case "path":
      return [node.root, ...node.steps.map(({ key }) => key)];
    case "unary":
      return [node.operand];
    case "binary":
      return [node.left, node.right];
    case "logic":
      return node.terms;
    case "comparison":
      return [node.first, ...node.rest.map(({ operand }) => operand)];
    case "conditional":
      return [node.test, node.then, node.otherwise];
    case "fallback":
      return [node.value, node.otherwise];
  }
}
