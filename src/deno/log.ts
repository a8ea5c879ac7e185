import type { Log, LogFields } from "../ports/log.ts";

/** Severity of a log line. */
export type LogLevel = "debug" | "info" | "warn" | "error";

/** Options of {@linkcode createLog}. */
export interface LogOptions {
  /**
   * Text for people, or one JSON object a line.
   * @default {"text"}
   */
  readonly format?: "text" | "json";
  /**
   * The lowest level that is written.
   * @default {"info"}
   */
  readonly level?: LogLevel;
  /**
   * Takes one whole line, with its line end.
   * @default {standard error, synchronously}
   */
  readonly write?: (line: string) => void;
  /**
   * Stamps lines, milliseconds since the epoch.
   * @default {Date.now}
   */
  readonly now?: () => number;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Names of fields whose values never reach a log. */
const SECRET =
  /^(?:.*[_-])?(?:password|passwd|secret|token|seed|creds|credentials|authorization|private_?key)$/i;

/** `user:password@` of a URL anywhere in a text. */
const URL_CREDENTIALS = /([a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi;

/** A log that writes lines. It never throws: a log that fails must not take an agent down. */
export function createLog(options: LogOptions = {}): Log {
  const { format = "text", level = "info", write = toStderr, now = Date.now } = options;
  const line = format === "json" ? jsonLine : textLine;
  const at = (of: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (RANK[of] < RANK[level]) return;
    try {
      write(line(new Date(now()).toISOString(), of, message, clean(fields)));
    } catch {
      // Nobody is left who could be told.
    }
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** Text with the credentials of URLs replaced by `***`. */
export function redact(text: string): string {
  return text.includes("@") ? text.replace(URL_CREDENTIALS, "$1***@") : text;
}

function jsonLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  return `${JSON.stringify({ time, level, message: redact(message), ...fields })}\n`;
}

function textLine(time: string, level: LogLevel, message: string, fields: LogFields): string {
  const values = Object.entries(fields).map(([key, value]) => ` ${key}=${plain(value)}`).join("");
  return `${time} ${level.toUpperCase().padEnd(5)} ${oneLine(redact(message))}${values}\n`;
}

function plain(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? "undefined";
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

/** Control characters would let a value forge lines or drive a terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function clean(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, safe(key, value, 0)]),
  );
}

function safe(key: string, value: unknown, depth: number): unknown {
  if (SECRET.test(key) && value !== undefined && value !== null) return "***";
  if (typeof value === "string") return redact(value);
  if (typeof value === "bigint") return String(value);
  if (value instanceof Error) return describe(value);
  if (value === null || typeof value !== "object") return value;
  if (depth > 5) return "...";
  if (Array.isArray(value)) return value.map((item) => safe("", item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, safe(name, item, depth + 1)]),
  );
}

/** An error's message, with its code and its causes' messages. */
function describe(error: Error): string {
  const code = (error as { code?: unknown }).code;
  const own = redact(typeof code === "string" ? `${error.message} [${code}]` : error.message);
  return error.cause instanceof Error ? `${own}: ${describe(error.cause)}` : own;
}

function toStderr(line: string): void {
  const bytes = new TextEncoder().encode(line);
  for (let done = 0; done < bytes.length;) done += Deno.stderr.writeSync(bytes.subarray(done));
}
