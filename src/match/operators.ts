/** A binary operator as the parser finds it. */
export interface OperatorToken {
  /** Its one spelling here: `and` is `&&`, `^` is `**`. */
  readonly operator: string;
  /** As it was written. */
  readonly text: string;
  /** Binding strength, expr-lang's numbers. */
  readonly precedence: number;
  /** Written with a leading `not`. */
  readonly negated: boolean;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset behind it. */
  readonly end: number;
}

interface Operator {
  readonly operator: string;
  readonly precedence: number;
}

/** Precedence of `not` and `!`: tighter than comparisons, so `not a in b` would be `(not a) in b`. */
export const NOT_PRECEDENCE = 50;

/** Precedence of unary minus and plus. */
export const SIGN_PRECEDENCE = 90;

/** Precedences that group from the right. */
export const RIGHT_ASSOCIATIVE = 100;

/** Operators that may be written with a leading `not`. */
const NEGATABLE: ReadonlySet<string> = new Set([
  "in",
  "matches",
  "contains",
  "startsWith",
  "endsWith",
]);

const WORDS: ReadonlyMap<string, Operator> = new Map([
  ["or", { operator: "||", precedence: 10 }],
  ["and", { operator: "&&", precedence: 15 }],
  ...[...NEGATABLE].map((operator) => [operator, { operator, precedence: 20 }] as const),
]);

/** Longer ones first. */
const SYMBOLS: readonly (readonly [string, Operator | undefined])[] = [
  ["===", undefined],
  ["!==", undefined],
  ["||", { operator: "||", precedence: 10 }],
  ["&&", { operator: "&&", precedence: 15 }],
  ["==", { operator: "==", precedence: 20 }],
  ["!=", { operator: "!=", precedence: 20 }],
  ["<=", { operator: "<=", precedence: 20 }],
  [">=", { operator: ">=", precedence: 20 }],
  ["<<", undefined],
  [">>", undefined],
  ["=~", undefined],
  ["<", { operator: "<", precedence: 20 }],
  [">", { operator: ">", precedence: 20 }],
  ["+", { operator: "+", precedence: 30 }],
  ["-", { operator: "-", precedence: 30 }],
  ["**", { operator: "**", precedence: RIGHT_ASSOCIATIVE }],
  ["^", { operator: "**", precedence: RIGHT_ASSOCIATIVE }],
  ["*", { operator: "*", precedence: 60 }],
  ["/", { operator: "/", precedence: 60 }],
  ["%", { operator: "%", precedence: 60 }],
  ["??", { operator: "??", precedence: 500 }],
  ["..", undefined],
  ["|", undefined],
  ["&", undefined],
  ["=", undefined],
];

/** What {@linkcode scanOperator} found. */
export type OperatorScan =
  | { readonly kind: "operator"; readonly token: OperatorToken }
  | { readonly kind: "unsupported"; readonly text: string }
  | { readonly kind: "none" };

/** Looks for a binary operator at `offset`; moves nothing. */
export function scanOperator(source: string, offset: number): OperatorScan {
  const word = wordAt(source, offset);
  return word === "" ? scanSymbol(source, offset) : scanWord(source, offset, word);
}

function scanWord(source: string, start: number, text: string): OperatorScan {
  if (text !== "not") {
    const found = WORDS.get(text);
    if (found === undefined) return { kind: "none" };
    return token(found, { text, negated: false, start, end: start + text.length });
  }
  const blank = /\s*/y;
  blank.lastIndex = start + text.length;
  const next = blank.lastIndex + (blank.exec(source)?.[0].length ?? 0);
  const word = wordAt(source, next);
  const found = NEGATABLE.has(word) ? WORDS.get(word) : undefined;
  if (found === undefined) return { kind: "none" };
  return token(found, { text: `not ${word}`, negated: true, start, end: next + word.length });
}

function scanSymbol(source: string, start: number): OperatorScan {
  const hit = SYMBOLS.find(([text]) => source.startsWith(text, start));
  if (hit === undefined) return { kind: "none" };
  const [text, found] = hit;
  if (found === undefined) return { kind: "unsupported", text };
  return token(found, { text, negated: false, start, end: start + text.length });
}

function token(found: Operator, rest: Omit<OperatorToken, keyof Operator>): OperatorScan {
  return { kind: "operator", token: { ...found, ...rest } };
}

/** The identifier that starts at `offset`, or nothing. */
export function wordAt(source: string, offset: number): string {
  const word = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/y;
  word.lastIndex = offset;
  return word.exec(source)?.[0] ?? "";
}

/** Whether a left side that starts with `not` makes this operator a trap. */
export function isNegatable(operator: string): boolean {
  return NEGATABLE.has(operator);
}
