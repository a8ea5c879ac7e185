/** A checked expression: the only node kinds there are, so that nothing else can be evaluated. */
export type Expression =
  | LiteralNode
  | ArrayNode
  | CallNode
  | VariableNode
  | PathNode
  | UnaryNode
  | BinaryNode
  | LogicNode
  | ComparisonNode
  | ConditionalNode
  | FallbackNode;

/** Where a node starts, counted from 1 in UTF-16 units. */
export interface Located {
  /** Column of its first character, or of its operator. */
  readonly column: number;
}

/** A constant. */
export interface LiteralNode extends Located {
  readonly kind: "literal";
  /** nil is null. */
  readonly value: null | boolean | number | string;
  /** Whether a number was written without a decimal point or exponent. */
  readonly whole: boolean;
}

/** `[a, b]`. */
export interface ArrayNode extends Located {
  readonly kind: "array";
  readonly elements: readonly Expression[];
}

/** `name(a)`. */
export interface CallNode extends Located {
  readonly kind: "call";
  readonly name: string;
  readonly parameters: readonly Expression[];
}

/** A name that the caller gave. */
export interface VariableNode extends Located {
  readonly kind: "variable";
  readonly name: string;
}

/** `root.a?.b[c]`: one chain, because nil before `?.` ends the whole of it. */
export interface PathNode extends Located {
  readonly kind: "path";
  readonly root: Expression;
  readonly steps: readonly PathStep[];
}

/** One step of a {@linkcode PathNode}. */
export interface PathStep extends Located {
  readonly key: Expression;
  /** Written with `?.`. */
  readonly optional: boolean;
}

/** `not a`, `-a`, `+a`. */
export interface UnaryNode extends Located {
  readonly kind: "unary";
  readonly operator: "not" | "-" | "+";
  readonly operand: Expression;
}

/** Operators that need both sides. */
export type BinaryOperator =
  | "=="
  | "!="
  | "in"
  | "matches"
  | "contains"
  | "startsWith"
  | "endsWith"
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "**";

/** `a + b`, `a in b`, `a not in b`. */
export interface BinaryNode extends Located {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly negated: boolean;
  readonly left: Expression;
  readonly right: Expression;
}

/** `a && b && c` or `a || b || c`, flat, so that long chains are not deep. */
export interface LogicNode extends Located {
  readonly kind: "logic";
  readonly operator: "&&" | "||";
  readonly terms: readonly Expression[];
}

/** `1 < a <= 3`: every neighbouring pair must hold, each operand is evaluated once. */
export interface ComparisonNode extends Located {
  readonly kind: "comparison";
  readonly first: Expression;
  readonly rest: readonly ComparisonStep[];
}

/** One pair of a {@linkcode ComparisonNode}. */
export interface ComparisonStep extends Located {
  readonly operator: "<" | "<=" | ">" | ">=";
  readonly operand: Expression;
}

/** `a ? b : c`. */
export interface ConditionalNode extends Located {
  readonly kind: "conditional";
  readonly test: Expression;
  readonly then: Expression;
  readonly otherwise: Expression;
}

/** `a ?? b` (b when a is nil) and `a ?: b` (b when a is false). */
export interface FallbackNode extends Located {
  readonly kind: "fallback";
  readonly when: "nil" | "false";
  readonly value: Expression;
  readonly otherwise: Expression;
}
