/** Why a specification is refused: the codes of the threat table. */
export type SpecErrorCode =
  | "empty_value"
  | "too_large"
  | "utf8"
  | "envelope_json"
  | "envelope_type"
  | "machines_type"
  | "key_case"
  | "duplicate_key"
  | "depth"
  | "number"
  | "text"
  | "limit"
  | "base64"
  | "ambiguous"
  | "plugins_format"
  | "sig_missing"
  | "sig_format"
  | "sig_invalid"
  | "threshold"
  | "payload_json"
  | "payload_type"
  | "entry_type"
  | "field_type"
  | "field_missing"
  | "verify_name"
  | "checksum"
  | "name"
  | "name_reserved"
  | "name_duplicate"
  | "name_case_collision"
  | "template_unsupported"
  | "scheme"
  | "source"
  | "spec_entry"
  | "crit_unsupported"
  | "version_limit"
  | "rollback"
  | "equivocation"
  | "version_missing"
  | "expired"
  | "audience"
  | "rotation"
  | "key_revoked"
  | "read_only";

/** A specification is refused as a whole; what ran before goes on, nothing is removed. */
export class SpecError extends Error {
  /** Name of the class. */
  override readonly name = "SpecError";
  /** Closed set: the codes of the threat table. */
  readonly code: SpecErrorCode;
  /** What to do about it, when there is something worth saying. */
  readonly hint: string | undefined;
  /** Position of the entry in the list, from 0, when the fault is inside one. */
  readonly index: number | undefined;
  /** Name of the field, when the fault is inside one. */
  readonly field: string | undefined;

  /** `message` in house style, without any value that could be a secret. */
  constructor(message: string, options: SpecErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
    this.index = options.index;
    this.field = options.field;
  }
}

/** Options of {@linkcode SpecError}. */
export interface SpecErrorOptions {
  /** Closed set. */
  readonly code: SpecErrorCode;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** Position of the entry in the list. */
  readonly index?: number | undefined;
  /** Name of the field. */
  readonly field?: string | undefined;
  /** What lies under it. */
  readonly cause?: unknown;
}
