import type { Outcome } from "../machine/watcher.ts";
import { FsError } from "../ports/fs.ts";
import { ProcessError } from "../ports/process.ts";

/** Why a look cannot do what its manifest asks for. */
export type LookErrorCode =
  | "checksum"
  | "command"
  | "environment"
  | "governor_unsupported"
  | "mode"
  | "name_reserved"
  | "outside"
  | "owner"
  | "owner_unsupported"
  | "target"
  | "template"
  | "too_large";

/** A look cannot do what its manifest asks for; its outcome is a failure with this code. */
export class LookError extends Error {
  /** Name of the class. */
  override readonly name = "LookError";
  /** Closed set, for callers that branch. */
  readonly code: LookErrorCode;

  /** `message` in house style, without values that may be secret. */
  constructor(message: string, options: LookErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** Options of {@linkcode LookError}. */
export interface LookErrorOptions {
  /** Closed set. */
  readonly code: LookErrorCode;
  /** What made it. */
  readonly cause?: unknown;
}

/** The outcome of a look that failed. */
export function failure(code: string, reason: string): Outcome {
  return { result: "failure", state: "error", code, reason };
}

/** The outcome for an error that a manifest or the node can cause; throws the others again. */
export function failureOf(error: unknown): Outcome {
  if (
    error instanceof LookError || error instanceof FsError || error instanceof ProcessError
  ) return failure(error.code, error.message);
  throw error;
}

/** Expands the template of a property. Throws {@linkcode LookError} naming the property. */
export async function expand(
  property: string,
  { text, template }: {
    readonly text: string;
    readonly template: (text: string) => Promise<string>;
  },
): Promise<string> {
  try {
    return await template(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new LookError(`Cannot expand property "${property}": ${cause.message}`, {
      code: "template",
      cause,
    });
  }
}
