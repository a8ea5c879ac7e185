import { parseStrictJson, StrictJsonError } from "../util/strict_json.ts";

/** Bytes that a value may have: what NATS carries in one message by default. */
export const MAX_VALUE_BYTES = 1024 * 1024;

/** Objects and arrays inside one another. */
const MAX_DEPTH = 64;

/** What Go's `unicode.IsSpace` trims; a byte order mark is not among it. */
const SPACE = "[\\t\\n\\v\\f\\r \\u0085\\p{Z}]";
const LEADING = new RegExp(`^${SPACE}+`, "u");
const TRAILING = new RegExp(`${SPACE}+$`, "u");

/** A value of the store cannot be read. */
export class KvValueError extends SyntaxError {
  /** Name of the class. */
  override readonly name = "KvValueError";
  /** Closed set, for callers that branch. */
  readonly code: KvValueErrorCode;

  /** `message` in house style, without anything of the value. */
  constructor(message: string, options: KvValueErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** Why a value cannot be read. */
export type KvValueErrorCode = "utf8" | "too_large" | "value_json" | "duplicate_key" | "depth";

/** Options of {@linkcode KvValueError}. */
export interface KvValueErrorOptions {
  /** Closed set. */
  readonly code: KvValueErrorCode;
  /** What the parser said. */
  readonly cause?: unknown;
}

/**
 * A value of the store as a machine keeps it: an object or array when the trimmed text begins and ends as
 * one, else the whole text as it is (numbers and quoted texts too, as in the reference). Unlike there, what
 * begins and ends as JSON but is none is refused, so that a slip never replaces what was good.
 */
export function readKvValue(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_VALUE_BYTES) {
    throw new KvValueError(`Cannot read the value: it has more than ${MAX_VALUE_BYTES} bytes`, {
      code: "too_large",
    });
  }
  const text = decode(bytes);
  const trimmed = text.replace(LEADING, "").replace(TRAILING, "");
  const bracketed = trimmed.startsWith("{") && trimmed.endsWith("}") ||
    trimmed.startsWith("[") && trimmed.endsWith("]");
  if (!bracketed) return text;
  try {
    return parseStrictJson(trimmed, { maxDepth: MAX_DEPTH, numbers: "finite" });
  } catch (cause) {
    if (!(cause instanceof StrictJsonError)) throw cause;
    const where = cause.path === "" ? "" : ` at "${cause.path}"`;
    throw new KvValueError(`Cannot read the value${where}: it is not valid JSON (${cause.code})`, {
      code: cause.code === "duplicate_key" || cause.code === "depth" ? cause.code : "value_json",
      cause,
    });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new KvValueError("Cannot read the value: it is not UTF-8", { code: "utf8" });
  }
}
