import type { Log, LogFields } from "../ports/log.ts";

/** Severity of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** One line that was logged. */
export interface LogEntry {
  /** Severity. */
  readonly level: LogLevel;
  /** The sentence. */
  readonly message: string;
  /** Its values. */
  readonly fields: LogFields;
}

/** A log that is kept in memory. */
export class MemoryLog implements Log {
  #entries: LogEntry[] = [];

  /** Everything that was logged, oldest first. */
  get entries(): readonly LogEntry[] {
    return this.#entries;
  }

  /** The sentences that were logged, of one level or of all. */
  messages(level?: LogLevel): readonly string[] {
    return this.#entries.filter((entry) => level === undefined || entry.level === level)
      .map((entry) => entry.message);
  }

  /** All that was logged as text, to look for what must not be there. */
  text(): string {
    return this.#entries.map((entry) => JSON.stringify(entry)).join("\n");
  }

  /** Forgets what was logged. */
  clear(): void {
    this.#entries = [];
  }

  debug(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "debug", message, fields });
  }

  info(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "info", message, fields });
  }

  warn(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "warn", message, fields });
  }

  error(message: string, fields: LogFields = {}): void {
    this.#entries.push({ level: "error", message, fields });
  }
}
