import { deepStrictEqual, throws } from "node:assert";
import { splitCommand } from "../../src/util/shlex.ts";

const CASES: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["  \t\n ", []],
  ["one two  three", ["one", "two", "three"]],
  [`one "two three" four`, ["one", "two three", "four"]],
  [`one 'two "x" \\n' four`, ["one", `two "x" \\n`, "four"]],
  [`"a \\"b\\" \\c" d`, [`a "b" c`, "d"]],
  ["a\\ b\\'c", ["a b'c"]],
  ["a'b'\"c\"", ["abc"]],
  ["'' \"\"", ["", ""]],
  ["run # the rest\nnext a#b", ["run", "next", "a#b"]],
  ["# only", []],
  ["a $HOME `b` *", ["a", "$HOME", "`b`", "*"]],
  ["späß '€ €'", ["späß", "€ €"]],
];

for (const [line, words] of CASES) {
  Deno.test(`splitCommand() splits ${JSON.stringify(line)} as google/shlex does`, () => {
    deepStrictEqual(splitCommand(line), words);
  });
}

for (const line of ["a 'b", 'a "b', "a \\", '"a\\']) {
  Deno.test(`splitCommand() refuses ${JSON.stringify(line)}`, () => {
    throws(() => splitCommand(line), SyntaxError);
  });
}
