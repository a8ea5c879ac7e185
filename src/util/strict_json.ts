import { JsonScanner, type StrictJsonErrorCode } from "./json_scanner.ts";

export type { StrictJsonErrorCode } from "./json_scanner.ts";

/** Text is not JSON as {@linkcode parseStrictJson} wants it. Never carries a value of the text. */
export class StrictJsonError extends SyntaxError {
  /** Name of the class. */
  override readonly name = "StrictJsonError";
  /** Closed set, for callers that branch. */
  readonly code: StrictJsonErrorCode;
  /** Where in the document, for example `[3].name`; empty for the document itself. */
  readonly path: string;

  /** `message` in house style; `options.path` is where. */
  constructor(message: string, options: StrictJsonErrorOptions) {
    super(message);
    this.code = options.code;
    this.path = options.path;
  }
}

/** Options of {@linkcode StrictJsonError}. */
export interface StrictJsonErrorOptions {
  /** Closed set. */
  readonly code: StrictJsonErrorCode;
  /** Where in the document. */
  readonly path: string;
}

/** Options of {@linkcode parseStrictJson}. */
export interface StrictJsonOptions {
  /**
   * Bytes (of UTF-8) that the text may have.
   * @default {1048576}
   */
  readonly maxBytes?: number;
  /**
   * Objects and arrays inside one another; a plain array has depth 1.
   * @default {16}
   */
  readonly maxDepth?: number;
  /**
   * Bytes (of UTF-8) that one string, keys included, may have.
   * @default {Infinity}
   */
  readonly maxStringBytes?: number;
  /**
   * `safe` refuses integers that a double cannot hold, negative zero and overflow; `finite` refuses overflow only.
   * @default {"safe"}
   */
  readonly numbers?: "safe" | "finite";
}

/**
 * Parses JSON as strictly as signed data deserves: UTF-8 without a byte order mark, nothing after the value,
 * no duplicate keys, no lone surrogates, no numbers that change when read, limits on size and depth. Objects
 * come without a prototype, so that `__proto__` and `constructor` are keys like any other.
 *
 * Throws {@linkcode StrictJsonError}.
 */
export function parseStrictJson(
  input: Uint8Array | string,
  { maxBytes = 1024 * 1024, maxDepth = 16, maxStringBytes = Infinity, numbers = "safe" }:
    StrictJsonOptions = {},
): unknown {
  const size = typeof input === "string" ? utf8Length(input, maxBytes) : input.length;
  if (size > maxBytes) {
    throw new StrictJsonError(`Cannot parse JSON: it has more than ${maxBytes} bytes`, {
      code: "too_large",
      path: "",
    });
  }
  return new JsonScanner(typeof input === "string" ? input : decodeUtf8(input), {
    maxDepth,
    maxStringBytes,
    numbers,
    fail: (code, path, why) => {
      const where = path === "" ? "" : ` at "${path}"`;
      throw new StrictJsonError(`Cannot parse JSON${where}: ${why}`, { code, path });
    },
  }).document();
}

/** Length of a text in UTF-8, or any number above `limit` once that is known to be passed. */
export function utf8Length(text: string, limit: number): number {
  if (text.length > limit) return text.length;
  if (text.length * 3 <= limit) return text.length;
  return new TextEncoder().encode(text).length;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new StrictJsonError("Cannot parse JSON: it is not UTF-8", { code: "utf8", path: "" });
  }
}
