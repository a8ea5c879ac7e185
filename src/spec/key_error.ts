/** Why a key is refused. */
export type KeyErrorCode =
  | "key_format"
  | "key_length"
  | "key_private"
  | "key_weak"
  | "key_mismatch"
  | "key_permissions"
  | "key_revoked";

/** A key is not fit for use. The message never holds the key. */
export class KeyError extends Error {
  /** Name of the class. */
  override readonly name = "KeyError";
  /** Closed set, for callers that branch. */
  readonly code: KeyErrorCode;

  /** `message` in house style, without the key. */
  constructor(message: string, options: { readonly code: KeyErrorCode; readonly cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}
