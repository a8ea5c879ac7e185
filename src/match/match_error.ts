/** What went wrong: the text, the types in it, a budget, a value met while evaluating, or time. */
export type MatchErrorKind = "syntax" | "type" | "limit" | "evaluation" | "timeout";

/** Options of {@linkcode MatchError}. */
export interface MatchErrorOptions {
  /** What went wrong. */
  readonly kind: MatchErrorKind;
  /** The whole expression. */
  readonly source: string;
  /** Where, counted from 1 in UTF-16 units. */
  readonly column?: number | undefined;
  /** What a probe failed with. */
  readonly cause?: unknown;
}

const VERBS: Readonly<Record<MatchErrorKind, string>> = {
  syntax: "parse",
  type: "compile",
  limit: "use",
  evaluation: "evaluate",
  timeout: "evaluate",
};

/** The text is shortened in messages: it comes from a list that may be long, or hostile. */
const SHOWN = 80;

/**
 * An expression gives no answer. That is neither true nor false but *unknown*: the machine that it belongs
 * to is neither deployed nor removed.
 */
export class MatchError extends SyntaxError {
  /** Its class, for logs. */
  override readonly name = "MatchError";
  /** The outcome that reports carry, the same for every kind. */
  readonly code = "match_error";
  /** What went wrong. */
  readonly kind: MatchErrorKind;
  /** Where, counted from 1 in UTF-16 units; undefined when it is the expression as a whole. */
  readonly column: number | undefined;

  /** `what` is a phrase that goes on from the verb of its kind. */
  constructor(what: string, options: MatchErrorOptions) {
    const { kind, source, column, cause } = options;
    const shown = JSON.stringify(source.length > SHOWN ? `${source.slice(0, SHOWN)}...` : source);
    const where = column === undefined ? "" : ` at column ${column}`;
    const why = what.charAt(0).toLowerCase() + what.slice(1);
    super(
      `Cannot ${VERBS[kind]} match ${shown}: ${why}${where}`,
      cause === undefined ? undefined : { cause },
    );
    this.kind = kind;
    this.column = column;
  }
}
