import { MAX_PATTERN, MAX_PATTERN_SIZE, MAX_PATTERN_WORK, MAX_TEXT } from "./limits.ts";
import { patternSize } from "./pattern_size.ts";

/** A compiled regular expression. */
export interface Pattern {
  /** Whether it matches anywhere in `text`. Throws RangeError where that would take too long. */
  test(text: string): boolean;
}

/** Compiled patterns that are kept, the most recently used ones. */
const KEPT = 256;

const kept = new Map<string, Pattern>();

/**
 * Compiles a regular expression of Go's syntax (RE2): linear time, no look-around, no back-references. The
 * engine is loaded when the first pattern needs one: mere text with `^` and `$` does not.
 *
 * @throws {SyntaxError} when RE2 refuses the pattern.
 * @throws {RangeError} when it is too large.
 */
export async function compilePattern(source: string): Promise<Pattern> {
  const known = kept.get(source);
  const pattern = known ?? plainPattern(source) ?? await regularPattern(source);
  kept.delete(source);
  kept.set(source, pattern);
  for (const oldest of kept.keys()) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return pattern;
}

/** A pattern of mere text, or undefined when it needs an engine. Exported for tests. */
export function plainPattern(source: string): Pattern | undefined {
  const [, start, escaped = "", end] =
    /^(\^?)((?:[\w /:@,;=~&%#!"'<>-]|\\[.+*?()|[\]{}^$\\/-])*)(\$?)$/
      .exec(source) ?? [];
  if (start === undefined) return undefined;
  const text = escaped.replaceAll(/\\(.)/g, "$1");
  if (start !== "" && end !== "") return { test: (value) => value === text };
  if (start !== "") return { test: (value) => value.startsWith(text) };
  if (end !== "") return { test: (value) => value.endsWith(text) };
  return { test: (value) => value.includes(text) };
}

async function regularPattern(source: string): Promise<Pattern> {
  if (source.length > MAX_PATTERN) throw tooLarge(source, `more than ${MAX_PATTERN} characters`);
  // Before compiling, because that is what a counted repetition makes slow.
  if (patternSize(source) > MAX_PATTERN_SIZE) {
    throw tooLarge(source, `more than ${MAX_PATTERN_SIZE} states`);
  }
  const { RE2JS } = await import("re2js");
  const compiled = compileWith(RE2JS, source);
  const size = Math.max(1, compiled.programSize());
  return {
    test(text) {
      if (text.length > MAX_TEXT || text.length * size > MAX_PATTERN_WORK) {
        throw tooLarge(source, `too slow on a text of ${text.length} characters`);
      }
      return compiled.test(text);
    },
  };
}

interface Engine<T> {
  compile(source: string): T;
}

function compileWith<T>(engine: Engine<T>, source: string): T {
  try {
    return engine.compile(source);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new SyntaxError(`Cannot compile pattern ${shown(source)}: ${why}`, { cause });
  }
}

function tooLarge(source: string, why: string): RangeError {
  return new RangeError(`Cannot use pattern ${shown(source)}: ${why}`);
}

function shown(source: string): string {
  return JSON.stringify(source.length > 80 ? `${source.slice(0, 80)}...` : source);
}
