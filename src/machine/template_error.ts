/** Why a template cannot be expanded. */
export type TemplateErrorCode =
  | "template_syntax"
  | "template_unsupported"
  | "template_value"
  | "template_limit";

/** Options of {@linkcode TemplateError}. */
export interface TemplateErrorOptions {
  /** Closed set. */
  readonly code: TemplateErrorCode;
  /** The whole text. */
  readonly text: string;
  /** Where in the text. */
  readonly offset: number;
  /** What was thrown below. */
  readonly cause?: unknown;
}

/** A template cannot be expanded. */
export class TemplateError extends SyntaxError {
  /** Its class, for logs. */
  override readonly name = "TemplateError";
  /** Closed set, for callers that branch. */
  readonly code: TemplateErrorCode;
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 units. */
  readonly column: number;

  /** `what` is a phrase without place. */
  constructor(what: string, { code, text, offset, cause }: TemplateErrorOptions) {
    const before = text.slice(0, offset).split("\n");
    const line = before.length;
    const column = (before.at(-1)?.length ?? 0) + 1;
    const around = JSON.stringify(text.slice(offset, offset + 40));
    const why = what.charAt(0).toLowerCase() + what.slice(1);
    super(
      `Cannot expand template ${around}: ${why} at line ${line} column ${column}`,
      cause === undefined ? undefined : { cause },
    );
    this.code = code;
    this.line = line;
    this.column = column;
  }
}
