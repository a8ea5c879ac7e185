import { SpecError } from "./spec_error.ts";

/**
 * Folds a key as Go's decoders do, which match field names without regard to case: the reference would read
 * such a key as the known one, we would not.
 */
export function foldKey(key: string): string {
  // Upper case first: "\u017f" (long s) and "\u212a" (Kelvin sign) fold to letters of ASCII only this way.
  return key.toUpperCase().toLowerCase();
}

/** Options of {@linkcode checkKeyCase}. */
export interface KeyCaseOptions {
  /** The document or entry, for the message: `envelope`, `entry 3`. */
  readonly where: string;
  /** Position of the entry in the list. */
  readonly index?: number | undefined;
}

/** Throws `key_case` for a key that differs from a known one by case alone. */
export function checkKeyCase(
  object: object,
  known: readonly string[],
  { where, index }: KeyCaseOptions,
): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue;
    const folded = foldKey(key);
    const meant = known.find((name) => name === folded);
    if (meant === undefined) continue;
    throw new SpecError(`Cannot read ${where}: it has a key that differs from "${meant}" by case`, {
      code: "key_case",
      hint: `keys are exact here: write "${meant}"`,
      index,
      field: meant,
    });
  }
}
