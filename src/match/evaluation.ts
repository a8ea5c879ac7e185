import type {
  BinaryNode,
  CallNode,
  ComparisonNode,
  Expression,
  FallbackNode,
  LogicNode,
  PathNode,
  UnaryNode,
  VariableNode,
} from "./expression.ts";
import { FUNCTIONS, NODE_VARIABLES, type Probe } from "./functions.ts";
import { MatchError } from "./match_error.ts";
import { isOrdered, mismatch, operate, typeName } from "./operate.ts";
import { compilePattern } from "./pattern.ts";

/** One call of a function while evaluating, for people who want to see why. */
export interface MatchCall {
  /** The function. */
  readonly name: string;
  /** Its argument. */
  readonly argument: string;
  /** Where it stands, counted from 1. */
  readonly column: number;
  /** What it answered; undefined when it failed. */
  readonly result?: unknown;
  /** Why it failed. */
  readonly error?: string;
}

/** Options of {@linkcode Evaluation}. */
export interface EvaluationOptions extends Probe {
  /** The text, for messages. */
  readonly source: string;
  /** Hears each call after its answer. */
  readonly onCall?: ((call: MatchCall) => void) | undefined;
  /** Values of variables by name. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** One walk over an expression. Rejects with MatchError, or with the signal's reason. */
export class Evaluation {
  readonly #options: EvaluationOptions;

  constructor(options: EvaluationOptions) {
    this.#options = options;
  }

  /** The value of the whole: nil counts as false, as the reference casts it. */
  async answer(expression: Expression): Promise<boolean> {
    const value = await this.#value(expression);
    if (typeof value === "boolean") return value;
    if (value === null) return false;
    return this.#fail(`the result is ${typeName(value)}, not bool`, undefined);
  }

  #value(node: Expression): Promise<unknown> | unknown {
    switch (node.kind) {
      case "literal":
        return node.value;
      case "array":
        return this.#each(node.elements);
      case "call":
        return this.#call(node);
      case "variable":
        return this.#variable(node);
      case "path":
        return this.#path(node);
      case "unary":
        return this.#unary(node);
      case "binary":
        return this.#binary(node);
      case "logic":
        return this.#logic(node);
      case "comparison":
        return this.#comparison(node);
      case "conditional":
        return this.#bool(node.test, "?").then((yes) =>
          this.#value(yes ? node.then : node.otherwise)
        );
      case "fallback":
        return this.#fallback(node);
    }
  }

  async #each(nodes: readonly Expression[]): Promise<unknown[]> {
    const values: unknown[] = [];
    for (const node of nodes) values.push(await this.#value(node));
    return values;
  }

  async #bool(node: Expression, operator: string): Promise<boolean> {
    const value = await this.#value(node);
    if (typeof value === "boolean") return value;
    return this.#fail(`operator "${operator}" wants bool, not ${typeName(value)}`, node.column);
  }

  async #logic({ operator, terms }: LogicNode): Promise<boolean> {
    const ends = operator === "||";
    for (const term of terms) {
      if (await this.#bool(term, operator) === ends) return ends;
    }
    return !ends;
  }

  async #unary({ operator, operand, column }: UnaryNode): Promise<unknown> {
    if (operator === "not") return !await this.#bool(operand, "not");
    const value = await this.#value(operand);
    if (typeof value !== "number") {
      return this.#fail(`operator "${operator}" wants a number, not ${typeName(value)}`, column);
    }
    return operator === "-" ? -value : value;
  }

  async #fallback({ when, value, otherwise }: FallbackNode): Promise<unknown> {
    if (when === "nil") return await this.#value(value) ?? this.#value(otherwise);
    return await this.#bool(value, "?:") || this.#value(otherwise);
  }

  async #binary(node: BinaryNode): Promise<unknown> {
    // Down the left side without recursion: a sum may have a thousand terms.
    const spine: BinaryNode[] = [];
    let leftmost: Expression = node;
    for (; leftmost.kind === "binary"; leftmost = leftmost.left) spine.push(leftmost);
    let left = await this.#value(leftmost);
    for (const { operator, negated, right, column } of spine.reverse()) {
      const other = await this.#value(right);
      const result = operator === "matches"
        ? await this.#guard(column, () => matches(left, other))
        : await this.#guard(column, () => operate(operator, { left, right: other }));
      left = negated ? !result : result;
    }
    return left;
  }

  async #comparison({ first, rest }: ComparisonNode): Promise<boolean> {
    let left = await this.#value(first);
    for (const { operator, operand, column } of rest) {
      const right = await this.#value(operand);
      if (!await this.#guard(column, () => isOrdered(operator, { left, right }))) return false;
      left = right;
    }
    return true;
  }

  async #path({ root, steps }: PathNode): Promise<unknown> {
    let value = await this.#value(root);
    for (const { key, optional, column } of steps) {
      if (optional && value === null) return null;
      const name = await this.#value(key);
      value = await this.#guard(column, () => member(value, name)) ?? null;
    }
    return value;
  }

  async #call({ name, parameters: [only], column }: CallNode): Promise<unknown> {
    const known = FUNCTIONS.get(name);
    const argument = only === undefined ? undefined : await this.#value(only);
    if (known === undefined || typeof argument !== "string") {
      return this.#fail(`function "${name}" takes a string, not ${typeName(argument)}`, column);
    }
    const { onCall, signal } = this.#options;
    const call = { name, argument, column };
    try {
      signal.throwIfAborted();
      const result = await known.call(argument, this.#options);
      signal.throwIfAborted();
      onCall?.({ ...call, result });
      return result;
    } catch (cause) {
      if (signal.aborted) throw cause;
      const error = reason(cause);
      onCall?.({ ...call, error });
      return this.#fail(
        `${name}(${JSON.stringify(argument)}) gives no answer, ${error}`,
        column,
        cause,
      );
    }
  }

  async #variable({ name, column }: VariableNode): Promise<unknown> {
    const { variables, signal } = this.#options;
    if (Object.hasOwn(variables, name)) return variables[name] ?? null;
    try {
      signal.throwIfAborted();
      const value = await NODE_VARIABLES.get(name)?.(this.#options);
      signal.throwIfAborted();
      return value ?? null;
    } catch (cause) {
      if (signal.aborted) throw cause;
      return this.#fail(`"${name}" has no value, ${reason(cause)}`, column, cause);
    }
  }

  async #guard<T>(column: number, work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      return this.#fail(reason(cause), column, cause);
    }
  }

  #fail(what: string, column: number | undefined, cause?: unknown): never {
    const kind = cause instanceof RangeError ? "limit" : "evaluation";
    throw new MatchError(what, { kind, source: this.#options.source, column, cause });
  }
}

async function matches(text: unknown, pattern: unknown): Promise<boolean> {
  if (text === null || pattern === null) return false;
  if (typeof text !== "string" || typeof pattern !== "string") {
    throw mismatch("matches", { left: text, right: pattern });
  }
  return (await compilePattern(pattern)).test(text);
}

/** Own members only: `constructor` and `__proto__` are names like any other. */
function member(value: unknown, name: unknown): unknown {
  if (Array.isArray(value)) {
    if (typeof name !== "number" || !Number.isInteger(name)) {
      throw new TypeError(`An array wants a whole number as index, not ${typeName(name)}`);
    }
    const index = name < 0 ? value.length + name : name;
    if (index < 0 || index >= value.length) {
      throw new TypeError(`Index ${name} is outside of an array of ${value.length}`);
    }
    return value[index];
  }
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${typeName(value)} has no members`);
  }
  if (typeof name !== "string") throw new TypeError(`A map wants a string, not ${typeName(name)}`);
  const record = value as Readonly<Record<string, unknown>>;
  return Object.hasOwn(record, name) ? record[name] : null;
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
