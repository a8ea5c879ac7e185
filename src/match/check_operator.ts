import type { BinaryOperator, ComparisonStep, Expression, LogicNode } from "./expression.ts";
import { fits, join, typeBinary, typeComparison, type ValueType } from "./value_type.ts";

/** A checked node and what is known of its value. */
export interface Checked {
  /** The node. */
  readonly expression: Expression;
  /** Its type. */
  readonly type: ValueType;
  /** The common type of an array's elements. */
  readonly elements?: ValueType;
  /** The type of the last operand of `a < b`, for a chain `a < b < c` to go on with. */
  readonly last?: ValueType;
}

/** A binary operator as it stands in the source. */
export interface OperatorUse {
  /** Its one spelling. */
  readonly operator: string;
  /** Written with a leading `not`. */
  readonly negated: boolean;
  /** Where it stands. */
  readonly column: number;
  /** Whether the left side stands in parentheses or is no operator. */
  readonly closed: boolean;
}

/** Both sides of an operator. */
export interface Operands {
  /** The left side. */
  readonly left: Checked;
  /** The right side. */
  readonly right: Checked;
}

/** Why operands do not fit. */
export interface Misfit {
  /** A sentence without subject. */
  readonly why: string;
}

/** Types one binary operator and makes its node. */
export function checkOperator(use: OperatorUse, operands: Operands): Checked | Misfit {
  const { left, right } = operands;
  const { operator, negated, column } = use;
  switch (operator) {
    case "&&":
    case "||":
      return logic(operator, column, operands);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return comparison(operator, use, operands);
    case "??": {
      const type = left.type === "nil" ? right.type : join(left.type, right.type);
      const sides = { value: left.expression, otherwise: right.expression };
      return { expression: { kind: "fallback", when: "nil", column, ...sides }, type };
    }
  }
  const known = operator as BinaryOperator;
  const typing = typeBinary(known, {
    left: left.type,
    right: right.type,
    elements: right.elements,
  });
  if ("why" in typing) return typing;
  const sides = { left: left.expression, right: right.expression };
  return { expression: { kind: "binary", operator: known, negated, column, ...sides }, ...typing };
}

function logic(
  operator: LogicNode["operator"],
  at: number,
  { left, right }: Operands,
): Checked | Misfit {
  const unfit = [left, right].find(({ type }) => !fits(type, "bool"));
  if (unfit !== undefined) return { why: `operator "${operator}" wants bool, not ${unfit.type}` };
  const { expression } = left;
  const same = expression.kind === "logic" && expression.operator === operator;
  const terms = [...(same ? expression.terms : [expression]), right.expression];
  const column = same ? expression.column : at;
  return { expression: { kind: "logic", operator, terms, column }, type: "bool" };
}

function comparison(
  operator: ComparisonStep["operator"],
  { column, closed }: OperatorUse,
  { left, right }: Operands,
): Checked | Misfit {
  const step: ComparisonStep = { operator, operand: right.expression, column };
  const { expression } = left;
  const chain = !closed && expression.kind === "comparison" ? expression : undefined;
  const before = chain === undefined ? left.type : left.last ?? "any";
  const typing = typeComparison(operator, { left: before, right: right.type });
  if ("why" in typing) return typing;
  const whole: Expression = chain === undefined
    ? { kind: "comparison", first: expression, rest: [step], column }
    : { ...chain, rest: [...chain.rest, step] };
  return { expression: whole, type: "bool", last: right.type };
}
