/** Structured, levelled log. Messages are sentences without values; values are fields. No secrets. */
export interface Log {
  /** For whoever debugs. */
  debug(message: string, fields?: LogFields): void;
  /** What happened. */
  info(message: string, fields?: LogFields): void;
  /** Somebody should look. */
  warn(message: string, fields?: LogFields): void;
  /** Something failed. */
  error(message: string, fields?: LogFields): void;
}

/** Fields of one line: values that JSON can carry. */
export type LogFields = Readonly<Record<string, unknown>>;
