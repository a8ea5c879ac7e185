import type { BinaryOperator, ComparisonStep } from "./expression.ts";
import { MAX_COMPARED, MAX_TEXT } from "./limits.ts";

/** Both sides of an operator; nil is null. */
export interface Values {
  /** The left side. */
  readonly left: unknown;
  /** The right side. */
  readonly right: unknown;
}

/** Applies a binary operator other than `matches` to values. Throws TypeError and RangeError. */
export function operate(
  operator: Exclude<BinaryOperator, "matches">,
  { left, right }: Values,
): unknown {
  switch (operator) {
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "in":
      return isIn(left, right);
    case "contains":
    case "startsWith":
    case "endsWith":
      return hasText(operator, left, right);
    default:
      return calculate(operator, left, right);
  }
}

/** Orders two numbers or two strings. Throws TypeError for anything else, nil included. */
export function isOrdered(
  operator: ComparisonStep["operator"],
  { left, right }: Values,
): boolean {
  if (typeof left === "number" && typeof right === "number") {
    return holds(operator, left - right);
  }
  if (typeof left === "string" && typeof right === "string") {
    return holds(operator, compareText(left, right));
  }
  throw mismatch(operator, { left, right });
}

/** The name of a value's type, for messages. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (Array.isArray(value)) return "array";
  if (typeof value === "object") return "map";
  return typeof value === "boolean" ? "bool" : typeof value;
}

/** Why two values cannot be operands. */
export function mismatch(operator: string, { left, right }: Values): TypeError {
  return new TypeError(
    `Operator "${operator}" cannot take ${typeName(left)} and ${typeName(right)}`,
  );
}

/** By UTF-8 bytes as Go orders strings: by code points, not by UTF-16 units. */
function compareText(left: string, right: string): number {
  const [a, b] = [left[Symbol.iterator](), right[Symbol.iterator]()];
  for (;;) {
    const [x, y] = [a.next(), b.next()];
    if (x.done === true || y.done === true) {
      return Number(y.done ?? false) - Number(x.done ?? false);
    }
    const order = (x.value.codePointAt(0) ?? 0) - (y.value.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
}

function holds(operator: ComparisonStep["operator"], order: number): boolean {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

/** nil on either side is not in anything and has no text, as in the reference; it is no error. */
function hasText(
  operator: "contains" | "startsWith" | "endsWith",
  left: unknown,
  right: unknown,
): boolean {
  if (left === null || right === null) return false;
  if (typeof left !== "string" || typeof right !== "string") {
    throw mismatch(operator, { left, right });
  }
  switch (operator) {
    case "contains":
      return left.includes(right);
    case "startsWith":
      return left.startsWith(right);
    case "endsWith":
      return left.endsWith(right);
  }
}

function isIn(value: unknown, container: unknown): boolean {
  if (container === null) return false;
  if (Array.isArray(container)) {
    const budget = { left: MAX_COMPARED };
    return container.some((element) => equalWithin(value, element, budget));
  }
  if (typeof container !== "object") throw mismatch("in", { left: value, right: container });
  if (value === null) return false;
  if (typeof value !== "string") throw mismatch("in", { left: value, right: container });
  return Object.hasOwn(container as object, value);
}

function isEqual(left: unknown, right: unknown): boolean {
  return equalWithin(left, right, { left: MAX_COMPARED });
}

function equalWithin(left: unknown, right: unknown, budget: { left: number }): boolean {
  if (--budget.left < 0) throw new RangeError(`More than ${MAX_COMPARED} values to compare`);
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((element, index) => equalWithin(element, right[index], budget));
  }
  const [a, b] = [Object.entries(left), right as Readonly<Record<string, unknown>>];
  if (a.length !== Object.keys(b).length) return false;
  return a.every(([key, value]) => Object.hasOwn(b, key) && equalWithin(value, b[key], budget));
}

function calculate(operator: "+" | "-" | "*" | "/" | "%" | "**", left: unknown, right: unknown) {
  if (operator === "+" && typeof left === "string" && typeof right === "string") {
    if (left.length + right.length > MAX_TEXT) {
      throw new RangeError(`A string of more than ${MAX_TEXT} characters`);
    }
    return left + right;
  }
  if (typeof left !== "number" || typeof right !== "number") {
    throw mismatch(operator, { left, right });
  }
  const result = number(operator, left, right);
  if (Number.isFinite(result)) return result;
  throw new RangeError(`Operator "${operator}" gives no finite number`);
}

function number(operator: "+" | "-" | "*" | "/" | "%" | "**", left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      if (right === 0) throw new RangeError("Division by zero");
      return left / right;
    case "%":
      if (!Number.isSafeInteger(left) || !Number.isSafeInteger(right)) {
        throw new TypeError('Operator "%" wants whole numbers');
      }
      if (right === 0) throw new RangeError("Division by zero");
      return left % right;
    case "**":
      return left ** right;
  }
}
