import type { BinaryOperator, ComparisonStep } from "./expression.ts";

/** What is known of a value before it is there; `any` comes from facts. */
export type ValueType = "bool" | "int" | "float" | "string" | "array" | "nil" | "any";

/** The result of an operator, or why it cannot have one. */
export type Typing = { readonly type: ValueType } | { readonly why: string };

const BOOL: Typing = { type: "bool" };

/** Whether values of these types can ever be equal. */
export function comparable(left: ValueType, right: ValueType): boolean {
  if (left === right || left === "any" || right === "any") return true;
  return left === "nil" || right === "nil" || (isNumber(left) && isNumber(right));
}

/** The type of a value that is one or the other. */
export function join(left: ValueType, right: ValueType): ValueType {
  if (left === right) return left;
  return isNumber(left) && isNumber(right) ? "float" : "any";
}

/** Whether a value of this type may be used where `wanted` is. */
export function fits(type: ValueType, wanted: "bool" | "string" | "number"): boolean {
  if (type === "any" || type === wanted) return true;
  return wanted === "number" && isNumber(type);
}

/** The types of both sides. */
export interface OperandTypes {
  /** Of the left side. */
  readonly left: ValueType;
  /** Of the right side. */
  readonly right: ValueType;
  /** Of the elements, where the right side is an array. */
  readonly elements?: ValueType | undefined;
}

/** Types one binary operator. */
export function typeBinary(operator: BinaryOperator, operands: OperandTypes): Typing {
  const { left, right, elements = "any" } = operands;
  switch (operator) {
    case "==":
    case "!=":
      return comparable(left, right) ? BOOL : mismatch(operator, left, right);
    case "in":
      if (!["array", "any", "nil"].includes(right)) {
        return { why: `operator "in" wants an array or a map on its right, not ${right}` };
      }
      return comparable(left, elements) ? BOOL : mismatch(operator, left, elements);
    case "matches":
    case "contains":
    case "startsWith":
    case "endsWith":
      return isText(left) && isText(right) ? BOOL : mismatch(operator, left, right);
    default:
      return typeArithmetic(operator, left, right);
  }
}

/** Types one pair of an ordering. */
export function typeComparison(
  operator: ComparisonStep["operator"],
  { left, right }: OperandTypes,
): Typing {
  const numbers = fits(left, "number") && fits(right, "number");
  const strings = fits(left, "string") && fits(right, "string");
  return numbers || strings ? BOOL : mismatch(operator, left, right);
}

function typeArithmetic(operator: BinaryOperator, left: ValueType, right: ValueType): Typing {
  const strings = fits(left, "string") && fits(right, "string");
  const numbers = fits(left, "number") && fits(right, "number");
  if (operator === "+" && strings) {
    return { type: left === "string" || right === "string" ? "string" : "any" };
  }
  if (!numbers) return mismatch(operator, left, right);
  if (operator === "%") {
    if (left === "float" || right === "float") return mismatch(operator, left, right);
    return { type: "int" };
  }
  if (operator === "/" || operator === "**") return { type: "float" };
  if (operator === "+" && (left === "any" && right === "any")) return { type: "any" };
  return { type: left === "int" && right === "int" ? "int" : "float" };
}

function isNumber(type: ValueType): boolean {
  return type === "int" || type === "float";
}

function isText(type: ValueType): boolean {
  return type === "nil" || fits(type, "string");
}

function mismatch(operator: string, left: ValueType, right: ValueType): Typing {
  return { why: `operator "${operator}" cannot take ${left} and ${right}` };
}
