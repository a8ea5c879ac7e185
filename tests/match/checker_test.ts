import { deepStrictEqual as equal, ok, strictEqual, throws } from "node:assert/strict";
import { MatchError } from "../../src/match/match_error.ts";
import { compileMatch } from "../../src/match/match.ts";

/** What is refused before any node is asked: kind, column. */
const REFUSED: readonly [source: string, kind: string, column?: number][] = [
  // #65: compile errors, unknown functions, wrong types, results that are not boolean
  ["1", "type"],
  ["'a'", "type"],
  ["1.5", "type"],
  ["nil", "type"],
  ["[]", "type"],
  ["1 + 1", "type"],
  ["true ? 1 : 2", "type"],
  ["nonesuch('x')", "type", 1],
  ["true && nonesuch('x')", "type", 9],
  ["len('x') == 1", "type", 1],
  ["any([1], {# > 0})", "syntax"],
  ["identity", "type", 1],
  ["identity == 1", "type", 1],
  ["foo", "type", 1],
  ["foo.bar", "type", 1],
  ["data.x == 1", "type", 1],
  ["identity()", "type", 1],
  ["identity('a', 'b')", "type", 1],
  ["identity(1)", "type", 1],
  ["identity(nil)", "type", 1],
  ["has_file(['a'])", "type", 1],
  ["not 1", "type", 1],
  ["!'a'", "type", 1],
  ["-'a' == 1", "type", 1],
  ["1 && true", "type", 3],
  ["true or 'x'", "type", 6],
  ["1 ? true : false", "type", 3],
  ["'a' == 1", "type", 5],
  ["1 in ['a']", "type", 3],
  ["(not true) in ['a']", "type", 12],
  ["1 in 'a'", "type", 3],
  ["1 contains 'a'", "type", 3],
  ["'a' matches 1", "type", 5],
  ["'a' < 1", "type", 5],
  ["true < false", "type", 6],
  ["nil > 1", "type", 5],
  ["1 < 2 < 'a'", "type", 7],
  ["(1 < 2) < 3", "type", 9],
  ["'a' - 'b' == 1", "type", 5],
  ["'a' + 1 == 1", "type", 5],
  ["1.5 % 2 == 1", "type", 5],
  ["'a'.length == 1", "type"],
  ["(1).x", "type"],
  ["nil.x", "type"],
  ["[1].x", "type"],
  ["[true]['a']", "type"],
  ["get_fact('a')[true]", "type"],
  ["99999999999999999999 == 1", "type"],
  ["1e999 == 1", "type"],
  ["get_fact('a.#(b==1)')", "type", 1],
  ["get_fact('@this')", "type", 1],
  ["get_fact('a|b')", "type", 1],
  // syntax
  ["identity(", "syntax", 10],
  ["identity('a'", "syntax"],
  ["identity('a')) ", "syntax", 14],
  ["(true", "syntax", 6],
  ["true)", "syntax", 5],
  ["()", "syntax", 2],
  ["true &&", "syntax", 8],
  ["true and", "syntax", 9],
  ["&& true", "syntax", 1],
  ["true true", "syntax", 6],
  ["true; false", "syntax", 5],
  ["true;", "syntax", 5],
  ["true, false", "syntax", 5],
  ["(true, false)", "syntax", 6],
  [",", "syntax", 1],
  ["not", "syntax", 4],
  ["true not", "syntax", 6],
  ["true not true", "syntax", 6],
  ["a not matche b", "syntax"],
  ["[1 2] == [1, 2]", "syntax", 4],
  ["[1,,2] == [1]", "syntax"],
  ["identity('a' 'b')", "syntax", 14],
  ["identity('a',)", "syntax"],
  ["new Foo", "syntax", 5],
  ["this", "type", 1],
  ["this.x", "type", 1],
  ["let x = 1; x", "syntax", 1],
  ["if true { true } else { false }", "syntax", 1],
  ["{'a': 1} == nil", "syntax", 1],
  ["true | identity('x')", "syntax", 6],
  ["1 & 1 == 1", "syntax", 3],
  ["~1 == 1", "syntax", 1],
  ["1 << 2 == 4", "syntax", 3],
  ["1 === 1", "syntax", 3],
  ["1 !== 1", "syntax", 3],
  ["1 = 1", "syntax", 3],
  ["'a' =~ 'b'", "syntax", 5],
  ["0x10 == 16", "syntax"],
  ["1.2.3 == 1", "syntax"],
  ["1e == 1", "syntax"],
  ["/a/ == 1", "syntax", 1],
  ["@x", "syntax", 1],
  ["#", "syntax", 1],
  ["true ? false", "syntax"],
  ["true ? : ", "syntax"],
  ["a ? b", "syntax"],
  ["true /* open", "syntax"],
  ["identity('a').x()", "syntax"],
  ["get_fact('a').b('c')", "syntax"],
  ["identity?.('a')", "syntax"],
  ["constructor.constructor('x')()", "syntax"],
  ["'abc", "syntax", 1],
  ["'a\nb' == 'c'", "syntax", 1],
  ["`abc", "syntax", 1],
  ["'\\d' == 'd'", "syntax", 2],
  ["'\\\"' == 'd'", "syntax", 2],
  ["'\\x4' == 'd'", "syntax", 2],
  ["'\\ud800' == 'd'", "syntax", 2],
  ["'\\U00110000' == 'd'", "syntax", 2],
  ["'\\400' == 'd'", "syntax", 2],
  ["'\\", "syntax"],
  // the trap of not
  ["not true in [false]", "syntax", 1],
  ["!true in [false]", "syntax", 1],
  ["true && not get_fact('a') in ['b']", "syntax", 9],
  ["not 'a' matches 'b'", "syntax", 1],
  ["not get_fact('x') not contains 'b'", "syntax", 1],
  // ?? wants parentheses
  ["nil ?? true && false", "syntax", 13],
  ["get_fact('a') ?? 'b' == 'b'", "syntax", 22],
  // budgets (#69)
  ["(1..1000000000)[0] == 1", "syntax"],
  ["1 .. 2 == 1", "syntax", 3],
];

Deno.test("compileMatch() refuses syntax and types with a column (#65)", () => {
  for (const [source, kind, column] of REFUSED) {
    const error = caught(source);
    equal([source, error.kind], [source, kind], error.message);
    strictEqual(error.code, "match_error");
    if (column !== undefined) equal([source, error.column], [source, column], error.message);
    ok(error instanceof SyntaxError);
    ok(/^Cannot \w+ match "/.test(error.message), error.message);
    ok(!error.message.endsWith("."), error.message);
  }
});

function caught(source: string): MatchError {
  try {
    compileMatch(source);
  } catch (error) {
    if (error instanceof MatchError) return error;
    throw error;
  }
  throw new Error(`Cannot go on: ${source} was accepted`);
}

Deno.test("MatchError shortens long sources and escapes control characters", () => {
  throws(() => compileMatch(`'${"a".repeat(500)}'`), (error: unknown) => {
    ok(error instanceof MatchError && error.message.length < 200);
    return true;
  });
  throws(() => compileMatch("\u001b[31m"), /\\u001b/);
});
