import type { Expression } from "./expression.ts";
import { walk } from "./walk.ts";

/** The members of a variable that an expression names as constants: `data.a`, `data["a"]`, `"a" in data`. */
export function membersOf(variable: string, expression: Expression): readonly string[] {
  const members = new Set<string>();
  for (const node of walk(expression)) {
    const key = keyOf(variable, node);
    if (key?.kind === "literal" && typeof key.value === "string") members.add(key.value);
  }
  return [...members].sort();
}

function keyOf(variable: string, node: Expression): Expression | undefined {
  if (node.kind === "path" && isVariable(variable, node.root)) return node.steps[0]?.key;
  if (node.kind !== "binary" || node.operator !== "in") return undefined;
  return isVariable(variable, node.right) ? node.left : undefined;
}

function isVariable(name: string, node: Expression): boolean {
  return node.kind === "variable" && node.name === name;
}
