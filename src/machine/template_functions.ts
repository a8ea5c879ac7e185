import { decodeBase64, encodeBase64 } from "../util/base64.ts";
import { goPrint } from "../util/go_print.ts";
import { lookup } from "../util/lookup.ts";

/** A function of templates. Throws TypeError for what it does not take, SyntaxError for a bad path. */
export interface TemplateFunction {
  /** How many arguments, the piped one included. */
  readonly arity: number;
  /** Its value. */
  call(parameters: readonly unknown[], scope: unknown): unknown;
}

/** Functions by name. `StringJoin` is what the reference's documentation calls `StringsJoin`. */
export const TEMPLATE_FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map<
  string,
  TemplateFunction
>([
  ["lookup", { arity: 2, call: ([path, missing], scope) => find(scope, path, missing) }],
  ["Title", onText(title)],
  ["Capitalize", onText(title)],
  ["ToLower", onText((text) => mapRunes(text, lower))],
  ["ToUpper", onText((text) => mapRunes(text, upper))],
  ["StringsJoin", { arity: 1, call: ([list]) => join(list) }],
  ["StringJoin", { arity: 1, call: ([list]) => join(list) }],
  ["Base64Encode", onText((text) => encodeBase64(new TextEncoder().encode(text)))],
  ["Base64Decode", onText(decode)],
]);

function onText(work: (text: string) => string): TemplateFunction {
  return {
    arity: 1,
    call: ([value]) => {
      if (typeof value !== "string") throw new TypeError(`Wants a string, not ${nameOf(value)}`);
      return work(value);
    },
  };
}

function find(scope: unknown, path: unknown, missing: unknown): unknown {
  if (typeof path !== "string") throw new TypeError(`Wants a string as path, not ${nameOf(path)}`);
  const found = lookup(scope, path);
  return found.found ? found.value : missing;
}

function join(list: unknown): string {
  if (!Array.isArray(list)) throw new TypeError(`Wants a list, not ${nameOf(list)}`);
  return list.map((item) => goPrint(item)).join(", ");
}

function decode(text: string): string {
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new TypeError("Wants base64");
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
}

/** As Go's strings.Title: the first letter of each word, the rest as it is. */
function title(text: string): string {
  let before = " ";
  return mapRunes(text, (rune) => {
    const result = isSeparator(before) ? upper(rune) : rune;
    before = rune;
    return result;
  });
}

function isSeparator(rune: string): boolean {
  return rune < "\x80" ? !/\w/.test(rune) : /^\s$/u.test(rune);
}

/** Go maps rune by rune: what JavaScript would make longer (ß) stays as it is. */
function mapRunes(text: string, map: (rune: string) => string): string {
  return Array.from(text, map).join("");
}

function upper(rune: string): string {
  const mapped = rune.toUpperCase();
  return [...mapped].length === 1 ? mapped : rune;
}

function lower(rune: string): string {
  return [...rune.toLowerCase()][0] ?? rune;
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a map";
  return typeof value === "boolean"
    ? "a bool"
    : typeof value === "string"
    ? "a string"
    : "a number";
}
