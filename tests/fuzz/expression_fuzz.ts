import { MatchError } from "../../src/match/match_error.ts";
import { compileMatch } from "../../src/match/match.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";

/** What one expression may take; the promise is 50 ms a pattern, and machines that test are busy. */
const BUDGET_MS = 1_000;

const node = new FakeNode({
  identity: "web1.example.net",
  facts: { a: { b: [1, "x", null, true] }, n: 3, s: "some text", p: "(a|b)*" },
  paths: { "/a": "file", "/d": "directory", "/e": new Error("no right") },
  commands: ["sh"],
});

/** Pieces that make expressions which get further than random text does. */
const PIECES: readonly string[] = [
  ..."()[]{}.,;:?!+-*/%^|&=<>~@#$`'\"\\ \n".split(""),
  "identity('^w')",
  "identity(",
  "has_file('/a')",
  "has_file('/e')",
  "has_directory('/d')",
  "has_command('sh')",
  "get_fact('a')",
  "get_fact('a.b.#')",
  "get_fact('n')",
  "get_fact('s')",
  "get_fact('p')",
  "get_fact('nope')",
  "get_fact(",
  " and ",
  " or ",
  " not ",
  " in ",
  " not in ",
  " matches ",
  " contains ",
  " startsWith ",
  " endsWith ",
  "&&",
  "||",
  "==",
  "!=",
  "<=",
  ">=",
  "??",
  "?.",
  "**",
  "..",
  " ? ",
  " : ",
  "true",
  "false",
  "nil",
  "null",
  "1",
  "0",
  "-1",
  "2.5",
  "1e3",
  "9007199254740993",
  "'a'",
  '"b"',
  "`\\d+`",
  "'(a+)+$'",
  "'['",
  "'\\\\d{1000}'",
  "[1, 2]",
  "['a', 'b']",
  ".b",
  "[0]",
  "['b']",
  "__proto__",
  "constructor",
  "this",
  "new",
  "let x = 1",
  "//",
  "/*",
  "*/",
  "\u{1f600}",
  "\u0000",
  "é",
];

/** Bytes as an expression: pieces, or the text itself when the first byte is odd. */
export function expressionOf(bytes: Uint8Array): string {
  const [first = 0] = bytes;
  const rest = bytes.subarray(1);
  if (first % 2 === 1) return new TextDecoder().decode(rest);
  return Array.from(rest, (byte) => PIECES[byte % PIECES.length] ?? "").join("");
}

/** Whatever the text: an answer or a MatchError, in time. */
export async function run(bytes: Uint8Array): Promise<void> {
  const started = performance.now();
  const source = expressionOf(bytes);
  try {
    await compileMatch(source).evaluate(node);
  } catch (error) {
    if (!(error instanceof MatchError) || error.code !== "match_error") throw error;
    const { column = 1 } = error;
    if (column < 1 || column > source.length + 1) {
      throw new Error(`Cannot accept column ${column} of ${source.length}: ${error.message}`);
    }
  }
  const took = performance.now() - started;
  if (took > BUDGET_MS) throw new Error(`Cannot accept ${took} ms for ${JSON.stringify(source)}`);
}

/** For `deno task fuzz`. */
export const target = { name: "expression", run };
