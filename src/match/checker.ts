import { type Checked, checkOperator } from "./check_operator.ts";
import type { Expression, PathStep } from "./expression.ts";
import { FUNCTIONS } from "./functions.ts";
import type { JsepNode } from "./jsep_base.ts";
import { MatchError, type MatchErrorKind } from "./match_error.ts";
import type { Parser } from "./parser.ts";
import { fits, join } from "./value_type.ts";

/** Turns jsep's nodes into ours: refuses every kind it does not know, and types that cannot work. */
export class Checker {
  readonly #parser: Parser;
  readonly #variables: readonly string[];

  constructor(parser: Parser, variables: readonly string[]) {
    this.#parser = parser;
    this.#variables = variables;
  }

  /** The whole expression, which must be able to give a boolean. */
  checkAll(node: JsepNode): Expression {
    const { expression, type } = this.#check(node);
    if (!fits(type, "bool")) this.#fail(`expected bool, but got ${type}`, undefined);
    return expression;
  }

  #check(node: unknown): Checked {
    if (!isNode(node)) return this.#fail("an element is missing", undefined, "syntax");
    switch (node.type) {
      case "Literal":
        return this.#literal(node);
      case "ArrayExpression":
        return this.#array(node);
      case "CallExpression":
        return this.#call(node);
      case "MemberExpression":
        return this.#path(node);
      case "UnaryExpression":
        return this.#unary(node);
      case "BinaryExpression":
        return this.#spine(node);
      case "ConditionalExpression":
        return this.#conditional(node);
      case "Identifier":
        return this.#identifier(node);
      default:
        return this.#fail(`${node.type} is not supported`, node, "syntax");
    }
  }

  #literal(node: JsepNode): Checked {
    const { value, raw } = node;
    const column = this.#column(node);
    if (value === null) {
      return { expression: { kind: "literal", column, value, whole: false }, type: "nil" };
    }
    if (typeof value === "boolean" || typeof value === "string") {
      const type = typeof value === "string" ? "string" : "bool";
      return { expression: { kind: "literal", column, value, whole: false }, type };
    }
    if (typeof value !== "number") return this.#fail("unknown kind of constant", node, "syntax");
    const whole = /^\d+$/.test(String(raw));
    if (whole ? !Number.isSafeInteger(value) : !Number.isFinite(value)) {
      return this.#fail(`number ${raw} is too large`, node);
    }
    return {
      expression: { kind: "literal", column, value, whole },
      type: whole ? "int" : "float",
    };
  }

  #array(node: JsepNode): Checked {
    const elements = list(node.elements).map((element) => this.#check(element));
    const types = elements.map(({ type }) => type);
    return {
      expression: {
        kind: "array",
        column: this.#column(node),
        elements: elements.map(({ expression }) => expression),
      },
      type: "array",
      elements: types.length === 0 ? "any" : types.reduce(join),
    };
  }

  #identifier(node: JsepNode): Checked {
    const name = String(node.name);
    if (this.#variables.includes(name)) {
      return { expression: { kind: "variable", name, column: this.#column(node) }, type: "any" };
    }
    const what = FUNCTIONS.has(name)
      ? `function "${name}" is used without arguments`
      : `name "${name}" is unknown`;
    return this.#fail(what, node);
  }

  #call(node: JsepNode): Checked {
    const callee = node.callee;
    if (!isNode(callee) || callee.type !== "Identifier" || node.optional === true) {
      return this.#fail("only a function by its name can be called", node, "syntax");
    }
    const name = String(callee.name);
    const known = FUNCTIONS.get(name);
    if (known === undefined) {
      const names = [...FUNCTIONS.keys()].join(", ");
      return this.#fail(`function "${name}" is unknown, known are ${names}`, callee);
    }
    const parameters = list(node.arguments).map((argument) => this.#check(argument));
    const [only] = parameters;
    if (only === undefined || parameters.length !== 1) {
      return this.#fail(`function "${name}" takes 1 argument, not ${parameters.length}`, callee);
    }
    if (!fits(only.type, "string")) {
      return this.#fail(`function "${name}" takes a string, not ${only.type}`, callee);
    }
    const { expression } = only;
    if (expression.kind === "literal" && typeof expression.value === "string") {
      this.#checkConstant(expression.value, known.check, callee);
    }
    const column = this.#column(callee);
    const call = { kind: "call", column, name, parameters: [expression] } as const;
    return { expression: call, type: known.returns };
  }

  #checkConstant(value: string, check: ((value: string) => void) | undefined, node: JsepNode) {
    try {
      check?.(value);
    } catch (cause) {
      if (!(cause instanceof Error)) throw cause;
      this.#fail(cause.message, node);
    }
  }

  #path(node: JsepNode): Checked {
    const steps: PathStep[] = [];
    let root: unknown = node;
    while (isNode(root) && root.type === "MemberExpression") {
      // Parentheses end a chain: `(a?.b).c` fails on nil where `a?.b.c` is nil.
      if (root !== node && this.#parser.place(root).grouped) break;
      steps.push(this.#step(root));
      root = root.object;
    }
    steps.reverse();
    const { expression, type } = this.#check(root);
    const [first] = steps;
    const optionalNil = type === "nil" && first?.optional === true;
    if (type !== "any" && type !== "array" && !optionalNil) {
      return this.#fail(`${type} has no members`, node);
    }
    if (type === "array" && first !== undefined && !isIndex(first.key)) {
      return this.#fail("an array wants a whole number as index", node);
    }
    const path = { kind: "path", column: this.#column(node), root: expression, steps } as const;
    return { expression: path, type: "any" };
  }

  #step(node: JsepNode): PathStep {
    const optional = node.optional === true;
    const column = this.#column(node);
    const { property } = node;
    if (node.computed === true) {
      const { expression: key, type } = this.#check(property);
      if (!fits(type, "string") && type !== "int" && type !== "float") {
        this.#fail(`a member is named by a string or a number, not ${type}`, node);
      }
      return { key, optional, column };
    }
    const value = isNode(property) ? String(property.name) : "";
    return { key: { kind: "literal", column, value, whole: false }, optional, column };
  }

  #unary(node: JsepNode): Checked {
    const { expression: operand, type } = this.#check(node.argument);
    const column = this.#column(node);
    if (node.operator === "not") {
      if (!fits(type, "bool")) this.#fail(`operator "not" wants bool, not ${type}`, node);
      return { expression: { kind: "unary", operator: "not", operand, column }, type: "bool" };
    }
    if (!fits(type, "number")) {
      this.#fail(`operator "${node.operator}" wants a number, not ${type}`, node);
    }
    const operator = node.operator === "-" ? "-" : "+";
    return {
      expression: { kind: "unary", operator, operand, column },
      type: type === "any" ? "float" : type,
    };
  }

  /** A chain of binary operators, from its leftmost operand: chains are long, and must not be deep. */
  #spine(node: JsepNode): Checked {
    const spine: JsepNode[] = [];
    let leftmost: unknown = node;
    while (isNode(leftmost) && leftmost.type === "BinaryExpression") {
      spine.push(leftmost);
      leftmost = leftmost.left;
    }
    let left = this.#check(leftmost);
    let closed = true;
    for (const next of spine.reverse()) {
      const column = this.#column(next);
      const use = {
        operator: String(next.operator),
        negated: next.negated === true,
        column,
        closed,
      };
      const checked = checkOperator(use, { left, right: this.#check(next.right) });
      if ("why" in checked) return this.#fail(checked.why, next);
      left = checked;
      closed = this.#parser.place(next).grouped;
    }
    return left;
  }

  #conditional(node: JsepNode): Checked {
    const test = this.#check(node.test);
    const column = this.#column(node);
    if (!fits(test.type, "bool")) {
      this.#fail(`a condition before "?" must be bool, not ${test.type}`, node);
    }
    const other = this.#check(node.alternate);
    const otherwise = other.expression;
    if (node.consequent === undefined) {
      const value = test.expression;
      const type = join(test.type, other.type);
      return { expression: { kind: "fallback", when: "false", value, otherwise, column }, type };
    }
    const { expression: then, type } = this.#check(node.consequent);
    return {
      expression: { kind: "conditional", test: test.expression, then, otherwise, column },
      type: join(type, other.type),
    };
  }

  #column(node: JsepNode): number {
    return this.#parser.place(node).column;
  }

  #fail(what: string, node: JsepNode | undefined, kind: MatchErrorKind = "type"): never {
    const column = node === undefined ? undefined : this.#column(node);
    throw new MatchError(what, { kind, source: this.#parser.expr, column });
  }
}

function isNode(value: unknown): value is JsepNode {
  return typeof value === "object" && value !== null && "type" in value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isIndex(key: Expression): boolean {
  return key.kind === "literal" ? key.whole : true;
}
