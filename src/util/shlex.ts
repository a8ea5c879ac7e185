/**
 * Splits a command line into words as google/shlex does: blanks separate, `'…'` is literal, `"…"` knows `\`,
 * `\` outside quotes takes the next character as it is, `#` at the start of a word begins a comment that
 * ends with the line. Nothing is expanded: no variables, no globs, no shell.
 *
 * Throws SyntaxError for a quote that is not closed and for a `\` at the end.
 *
 * @example
 * ```ts
 * import { splitCommand } from "./shlex.ts";
 * import { deepStrictEqual } from "node:assert";
 *
 * deepStrictEqual(splitCommand(`./run.sh --name "a b" c\\ d # why`), ["./run.sh", "--name", "a b", "c d"]);
 * ```
 */
export function splitCommand(line: string): readonly string[] {
  const words: string[] = [];
  const runes = [...line];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < runes.length; at++) {
    const rune = runes[at] ?? "";
    if (quote === "'" && rune !== "'") word = `${word ?? ""}${rune}`;
    else if (rune === "\\") word = `${word ?? ""}${escaped(runes, ++at)}`;
    else if (quote !== undefined) {
      if (rune === quote) quote = undefined;
      else word = `${word ?? ""}${rune}`;
    } else if (rune === "'" || rune === '"') {
      quote = rune;
      word ??= "";
    } else if (/[ \t\r\n]/.test(rune)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (rune === "#" && word === undefined) {
      while (at + 1 < runes.length && runes[at + 1] !== "\n") at++;
    } else word = `${word ?? ""}${rune}`;
  }
  if (quote !== undefined) {
    throw new SyntaxError(`Cannot split a command: a quote ${quote} is not closed`);
  }
  if (word !== undefined) words.push(word);
  return words;
}

function escaped(runes: readonly string[], at: number): string {
  const rune = runes[at];
  if (rune === undefined) throw new SyntaxError("Cannot split a command: it ends with a backslash");
  return rune;
}
