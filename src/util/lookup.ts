/** What {@linkcode lookup} found; a value may be null. */
export type Lookup =
  | { readonly found: true; readonly value: unknown }
  | { readonly found: false };

const MISSING: Lookup = { found: false };

/** One part of a path. */
interface Part {
  /** The text to compare, escapes resolved; with wildcards a token a character. */
  readonly tokens: readonly string[];
  /** Whether it has `*` or `?`. */
  readonly wild: boolean;
  readonly name: string;
}

const ANY = "\\*";
const ONE = "\\?";

/** Longer paths are refused. */
const MAX_PATH = 4096;

/** More parts are refused. */
const MAX_PARTS = 64;

/**
 * Looks a value up by the part of gjson's path syntax that facts and templates use: names separated by dots
 * (`os.release.major`), `\` before a character that is to mean itself, indexes (`disks.0`), `#` (the length of
 * an array, or with more behind it that of every element: `disks.#.name`), and the wildcards `*` and `?` in
 * names, of which the first match counts. Only own properties exist.
 *
 * @throws {SyntaxError} for queries, modifiers, pipes, selections and literals, and for oversized paths.
 *
 * @example
 * ```ts
 * import { lookup } from "./lookup.ts";
 *
 * const facts = { disks: [{ name: "sda" }, { name: "sdb" }], "a.b": 1 };
 * const found = [lookup(facts, "disks.1.name"), lookup(facts, "disks.#"), lookup(facts, "a\\.b")];
 * if (JSON.stringify(found.map((it) => it.found && it.value)) !== '["sdb",2,1]') throw new Error();
 * ```
 */
export function lookup(value: unknown, path: string): Lookup {
  return walk(value, parsePath(path), 0);
}

/** Checks a path without looking anything up. Throws as {@linkcode lookup} does. */
export function checkLookupPath(path: string): void {
  parsePath(path);
}

function walk(value: unknown, parts: readonly Part[], from: number): Lookup {
  let current = value;
  for (let index = from; index < parts.length; index++) {
    const part = parts[index];
    if (part === undefined) return MISSING;
    if (Array.isArray(current) && part.name === "#") return every(current, parts, index + 1);
    const next = step(current, part);
    if (!next.found) return MISSING;
    current = next.value;
  }
  return { found: true, value: current };
}

function every(values: readonly unknown[], parts: readonly Part[], from: number): Lookup {
  if (from === parts.length) return { found: true, value: values.length };
  const results = values.map((value) => walk(value, parts, from));
  return { found: true, value: results.flatMap((it) => it.found ? [it.value] : []) };
}

function step(value: unknown, part: Part): Lookup {
  if (typeof value !== "object" || value === null) return MISSING;
  if (Array.isArray(value)) {
    const index = /^\d{1,9}$/.test(part.name) ? Number(part.name) : -1;
    return index >= 0 && index < value.length ? { found: true, value: value[index] } : MISSING;
  }
  const record = value as Readonly<Record<string, unknown>>;
  if (!part.wild) {
    return Object.hasOwn(record, part.name) ? { found: true, value: record[part.name] } : MISSING;
  }
  const name = Object.keys(record).find((key) => matchesGlob([...key], part.tokens));
  return name === undefined ? MISSING : { found: true, value: record[name] };
}

/** Glob matching that goes back to the last `*` only: quadratic at worst, never exponential. */
function matchesGlob(text: readonly string[], tokens: readonly string[]): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let mark = 0;
  while (at < text.length) {
    const wanted = tokens[token];
    if (wanted === ANY) {
      star = token++;
      mark = at;
    } else if (wanted !== undefined && (wanted === ONE || wanted === text[at])) {
      token++;
      at++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++mark;
    } else {
      return false;
    }
  }
  while (tokens[token] === ANY) token++;
  return token === tokens.length;
}

function parsePath(path: string): readonly Part[] {
  if (path.length > MAX_PATH) throw refuse(path, `longer than ${MAX_PATH} characters`);
  const parts: Part[] = [];
  let tokens: string[] = [];
  const end = () => {
    const wild = tokens.some((token) => token === ANY || token === ONE);
    parts.push({ tokens, wild, name: tokens.join("") });
    tokens = [];
  };
  const characters = [...path];
  for (let index = 0; index < characters.length; index++) {
    const character = characters[index] ?? "";
    if (character === "\\") {
      index++;
      const escaped = characters[index];
      if (escaped === undefined) throw refuse(path, 'it ends in "\\"');
      tokens.push(escaped);
    } else if (character === ".") {
      end();
    } else if (character === "*" || character === "?") {
      tokens.push(character === "*" ? ANY : ONE);
    } else {
      refuseUnsupported(path, tokens, character, characters[index + 1]);
      tokens.push(character);
    }
  }
  end();
  if (parts.length > MAX_PARTS) throw refuse(path, `more than ${MAX_PARTS} parts`);
  return parts;
}

function refuseUnsupported(
  path: string,
  before: readonly string[],
  character: string,
  next: string | undefined,
): void {
  if (character === "|") {
    throw refuse(path, 'pipes are not supported, write "\\|" for the character');
  }
  if (before.length > 0) return;
  if (character === "#" && (next === "(" || next === "[")) {
    throw refuse(path, "queries are not supported");
  }
  const what = UNSUPPORTED.get(character);
  if (what === undefined) return;
  throw refuse(path, `${what} are not supported, write "\\${character}" for the character`);
}

const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ["@", "modifiers"],
  ["!", "literals"],
  ["{", "selections"],
  ["[", "selections"],
]);

function refuse(path: string, why: string): SyntaxError {
  return new SyntaxError(`Cannot look up path ${JSON.stringify(path.slice(0, 80))}: ${why}`);
}
