import type { Expression } from "./expression.ts";

/** A node and all below it, without recursion: chains may be long. */
export function* walk(expression: Expression): Generator<Expression, void, void> {
  const open: Expression[] = [expression];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    open.push(...children(node));
  }
}

function children(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case "literal":
    case "variable":
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
