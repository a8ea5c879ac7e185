/** What {@linkcode readString} found. */
export type StringScan =
  | { readonly ok: true; readonly value: string; readonly end: number }
  | { readonly ok: false; readonly why: string; readonly at: number };

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
]);

const HEX_DIGITS: ReadonlyMap<string, number> = new Map([["x", 2], ["u", 4], ["U", 8]]);

/**
 * Reads the string literal at `start` as Go and expr-lang write it. A quoted string ends on its line and knows
 * `\a \b \f \n \r \t \v \\ \<quote> \xHH \uHHHH \UHHHHHHHH \OOO`, others are errors; a back-quoted one is raw.
 */
export function readString(source: string, start: number): StringScan {
  const quote = source.charAt(start);
  if (quote === "`") return readRaw(source, start);
  let value = "";
  let index = start + 1;
  while (index < source.length) {
    const character = source.charAt(index);
    if (character === quote) return { ok: true, value, end: index + 1 };
    if (character === "\n") break;
    if (character !== "\\") {
      value += character;
      index++;
      continue;
    }
    const escape = readEscape(source, index, quote);
    if (escape === undefined) {
      const shown = source.slice(index, index + 2);
      const why = `"${shown}" is no escape, write "\\${shown}" or use back-quotes`;
      return { ok: false, why, at: index };
    }
    value += escape.text;
    index = escape.end;
  }
  return { ok: false, why: "the string has no closing quote", at: start };
}

function readRaw(source: string, start: number): StringScan {
  const end = source.indexOf("`", start + 1);
  if (end < 0) return { ok: false, why: "the string has no closing quote", at: start };
  return { ok: true, value: source.slice(start + 1, end), end: end + 1 };
}

function readEscape(source: string, index: number, quote: string) {
  const letter = source.charAt(index + 1);
  if (letter === quote) return { text: quote, end: index + 2 };
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) return { text: simple, end: index + 2 };
  const hex = HEX_DIGITS.get(letter);
  const digits = hex === undefined
    ? source.slice(index + 1, index + 4)
    : source.slice(index + 2, index + 2 + hex);
  const wanted = hex === undefined ? /^[0-3][0-7]{2}$/ : new RegExp(`^[0-9a-fA-F]{${hex}}$`);
  if (!wanted.test(digits)) return undefined;
  const point = parseInt(digits, hex === undefined ? 8 : 16);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
  return { text: String.fromCodePoint(point), end: index + (hex === undefined ? 4 : 2 + hex) };
}
