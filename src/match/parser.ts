import { JsepBase, type JsepInstance, type JsepNode } from "./jsep_base.ts";
import { MAX_DEPTH } from "./limits.ts";
import { MatchError, type MatchErrorKind } from "./match_error.ts";
import {
  isNegatable,
  NOT_PRECEDENCE,
  type OperatorToken,
  RIGHT_ASSOCIATIVE,
  scanOperator,
  SIGN_PRECEDENCE,
  wordAt,
} from "./operators.ts";
import { readString } from "../util/string_literal.ts";

/** Where a node was found. */
export interface NodePlace {
  /** Counted from 1. */
  readonly column: number;
  /** Stands in parentheses of its own. */
  readonly grouped: boolean;
}

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["nil", null],
  ["null", null],
]);

/** Words of expr-lang that this language leaves out; a clear word beats "unexpected". */
const LEFT_OUT: ReadonlySet<string> = new Set(["let", "if", "else"]);

const UNARY: ReadonlyMap<string, { operator: string; precedence: number }> = new Map([
  ["!", { operator: "not", precedence: NOT_PRECEDENCE }],
  ["not", { operator: "not", precedence: NOT_PRECEDENCE }],
  ["-", { operator: "-", precedence: SIGN_PRECEDENCE }],
  ["+", { operator: "+", precedence: SIGN_PRECEDENCE }],
]);

/**
 * jsep, made to read expr-lang: operands, members, calls, arrays and numbers are jsep's; strings, unary and
 * binary operators, ternaries and parentheses follow expr-lang's own parser, with its precedences.
 */
export class Parser extends JsepBase implements JsepInstance {
  readonly #places = new WeakMap<JsepNode, NodePlace>();
  #depth = 0;

  /** The whole text as one node. */
  parseAll(): JsepNode {
    const node = this.gobbleExpression();
    this.gobbleSpaces();
    if (this.index < this.expr.length) this.#unexpected();
    return node;
  }

  /** Where a node of this parser was found. */
  place(node: JsepNode): NodePlace {
    return this.#places.get(node) ?? { column: 1, grouped: false };
  }

  override runHook(_name: string, node: JsepNode | false): JsepNode | false {
    return node;
  }

  override searchHook(): undefined {}

  override throwError(message: string): never {
    return this.#fail(message.charAt(0).toLowerCase() + message.slice(1), this.index);
  }

  /** Blanks and comments. */
  override gobbleSpaces(): void {
    const blank = /(?:[ \t\r\n]+|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
    blank.lastIndex = this.index;
    this.index += blank.exec(this.expr)?.[0].length ?? 0;
  }

  override gobbleExpression(): JsepNode {
    const node = this.#deeper(() => this.#conditional(this.#climb(0)));
    // jsep takes "[1 2]" for "[1, 2]": whatever follows an expression must end it.
    if (!/^[,)\]:]?$/.test(this.expr.charAt(this.index))) this.#unexpected();
    return node;
  }

  override gobbleIdentifier(): JsepNode {
    const name = wordAt(this.expr, this.index);
    if (name === "") this.#unexpected();
    this.index += name.length;
    return { type: "Identifier", name };
  }

  override gobbleStringLiteral(): JsepNode {
    const found = readString(this.expr, this.index);
    if (!found.ok) return this.#fail(found.why, found.at);
    this.index = found.end;
    return { type: "Literal", value: found.value, raw: "" };
  }

  /** One operand: unary operators, parentheses, constants and raw strings here, the rest by jsep. */
  override gobbleToken(): JsepNode {
    this.gobbleSpaces();
    const start = this.index;
    const first = this.expr.charAt(start);
    const word = wordAt(this.expr, start);
    const unary = UNARY.get(word === "" ? first : word);
    if (unary !== undefined) return this.#unary(unary, start, word.length || 1);
    if (first === "(") return this.#group(start);
    if (first === "`") return this.#postfix(this.gobbleStringLiteral(), start);
    if (word !== "") return this.#word(word, start);
    // jsep would look into its shared tables for anything else.
    if (!/["'[\d.]/.test(first)) this.#unexpected("an expression");
    const node = super.gobbleToken();
    return node === false ? this.#unexpected("an expression") : this.#put(node, start);
  }

  #word(word: string, start: number): JsepNode {
    if (LEFT_OUT.has(word)) this.#fail(`"${word}" is not supported`, start);
    const value = CONSTANTS.get(word);
    const node = this.gobbleIdentifier();
    return this.#postfix(value === undefined ? node : { type: "Literal", value, raw: word }, start);
  }

  #postfix(node: JsepNode, start: number): JsepNode {
    this.#put(node, start);
    return this.#put(this.gobbleTokenProperty(node), start);
  }

  #group(start: number): JsepNode {
    this.index++;
    const inner = this.gobbleExpression();
    this.gobbleSpaces();
    if (this.expr.charAt(this.index) !== ")") this.#unexpected('")"');
    this.index++;
    this.#places.set(inner, { ...this.place(inner), grouped: true });
    const node = this.gobbleTokenProperty(inner);
    return node === inner ? node : this.#put(node, start);
  }

  #unary(
    { operator, precedence }: { operator: string; precedence: number },
    start: number,
    length: number,
  ): JsepNode {
    this.index += length;
    const argument = this.#deeper(() => this.#climb(precedence));
    return this.#put({ type: "UnaryExpression", operator, argument }, start);
  }

  /** Precedence climbing as expr-lang's parser does it. */
  #climb(minimum: number): JsepNode {
    let left = this.gobbleToken();
    let previous = "";
    for (;;) {
      const token = this.#operator();
      if (token === undefined || token.precedence < minimum) return left;
      if (previous === "??" && token.operator !== "??") {
        this.#fail(`"${token.text}" and "??" need parentheses to be mixed`, token.start);
      }
      this.#refuseTrap(left, token);
      this.index = token.end;
      // Left operands only make a list longer; right ones of "**" nest.
      const right = token.precedence === RIGHT_ASSOCIATIVE
        ? this.#deeper(() => this.#climb(token.precedence))
        : this.#climb(token.precedence + 1);
      const { operator, negated } = token;
      left = this.#put({ type: "BinaryExpression", operator, negated, left, right }, token.start);
      previous = operator;
    }
  }

  /** `not a in b` means `(not a) in b` in expr-lang, which nobody means. */
  #refuseTrap(left: JsepNode, token: OperatorToken): void {
    if (!isNegatable(token.operator) || left.type !== "UnaryExpression") return;
    if (left.operator !== "not" || this.place(left).grouped) return;
    const why = `"not" binds tighter than "${token.text}", write not (a ${token.text} b)`;
    this.#fail(
      token.negated ? why : `${why} or a not ${token.text} b`,
      this.place(left).column - 1,
    );
  }

  #operator(): OperatorToken | undefined {
    this.gobbleSpaces();
    const found = scanOperator(this.expr, this.index);
    if (found.kind === "operator") return found.token;
    if (found.kind === "none") return undefined;
    return this.#fail(`operator "${found.text}" is not supported`, this.index);
  }

  #conditional(test: JsepNode): JsepNode {
    let node = test;
    for (this.gobbleSpaces(); this.expr.charAt(this.index) === "?"; this.gobbleSpaces()) {
      const start = this.index++;
      this.gobbleSpaces();
      const elvis = this.expr.charAt(this.index) === ":";
      const consequent = elvis ? undefined : this.gobbleExpression();
      this.gobbleSpaces();
      if (this.expr.charAt(this.index) !== ":") this.#unexpected('":"');
      this.index++;
      const alternate = this.gobbleExpression();
      const type = "ConditionalExpression";
      node = this.#put({ type, test: node, consequent, alternate }, start);
    }
    return node;
  }

  #put(node: JsepNode, start: number): JsepNode {
    if (!this.#places.has(node)) this.#places.set(node, { column: start + 1, grouped: false });
    return node;
  }

  #deeper<T>(work: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      this.#fail(`nested deeper than ${MAX_DEPTH} levels`, this.index, "limit");
    }
    const result = work();
    this.#depth--;
    return result;
  }

  #unexpected(wanted?: string): never {
    const word = wordAt(this.expr, this.index) || this.expr.charAt(this.index);
    const found = word === "" ? "the end" : JSON.stringify(word);
    const what = wanted === undefined ? `unexpected ${found}` : `wanted ${wanted}, found ${found}`;
    return this.#fail(what, this.index);
  }

  #fail(what: string, offset: number, kind: MatchErrorKind = "syntax"): never {
    throw new MatchError(what, { kind, source: this.expr, column: offset + 1 });
  }
}
