/** Why an agent does not start. */
export type AgentErrorCode = "locked" | "directory" | "directory_permissions" | "state_newer";

/** An agent does not start: the directory is held by another one, or cannot be used. */
export class AgentError extends Error {
  /** Name of the class. */
  override readonly name = "AgentError";
  /** Closed set, for callers that branch. */
  readonly code: AgentErrorCode;
  /** What to do about it. */
  readonly hint: string | undefined;

  /** `message` in house style. */
  constructor(message: string, options: AgentErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
    this.hint = options.hint;
  }
}

/** Options of {@linkcode AgentError}. */
export interface AgentErrorOptions {
  /** Closed set. */
  readonly code: AgentErrorCode;
  /** What to do about it, one line. */
  readonly hint?: string;
  /** What lies under it. */
  readonly cause?: unknown;
}
