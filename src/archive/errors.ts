/** Why an archive was refused or could not be had. Codes are stable: status, events and metrics carry them. */
export type ArchiveErrorCode =
  // Download (threats 3.3).
  | `http_${number}`
  | "scheme"
  | "host"
  | "redirect_host"
  | "redirect_downgrade"
  | "redirect_limit"
  | "content_length"
  | "too_large"
  | "truncated"
  | "slow"
  | "timeout"
  | "tls"
  | "unreachable"
  | "permission"
  | "checksum"
  // Gzip and tar (3.4).
  | "not_gzip"
  | "gzip"
  | "trailing"
  | "ratio"
  | "empty"
  | "entries"
  | "depth"
  | "path"
  | "name"
  | "type"
  | "header"
  | "header_checksum"
  | "number"
  | "pax"
  | "pax_global"
  | "size_conflict"
  | "long_name"
  | "header_run"
  | "data_after_eof"
  | "duplicate"
  | "conflict"
  | "top_dir"
  | "no_machine"
  | "runtime_file"
  // SHA256SUMS (3.5).
  | "sums_missing"
  | "sums_type"
  | "sums_too_large"
  | "sums_checksum"
  | "sums_format"
  | "sums_empty"
  | "sums_itself"
  | "sums_path"
  | "sums_duplicate"
  | "missing"
  | "unlisted"
  | "changed"
  // Disk (3.6).
  | "staging"
  | "carry_limit"
  | "worker";

/** An archive was refused, or could not be had. Whatever stood in place still stands. */
export class ArchiveError extends Error {
  /** Class, for who has lost the prototype. */
  override readonly name = "ArchiveError";
  /** Closed set, for callers that branch. */
  readonly code: ArchiveErrorCode;
  /** When the server asked for patience: milliseconds until another try makes sense. */
  readonly retryAfterMs?: number;

  /** The message names no secret: URLs come without user and query. */
  constructor(message: string, options: ArchiveErrorOptions) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = options.code;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}

/** Options of {@linkcode ArchiveError}. */
export interface ArchiveErrorOptions {
  /** Closed set. */
  readonly code: ArchiveErrorCode;
  /** What led to it. */
  readonly cause?: unknown;
  /** As in {@linkcode ArchiveError.retryAfterMs}. */
  readonly retryAfterMs?: number;
}
