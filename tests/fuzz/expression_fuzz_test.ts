import { ok } from "node:assert/strict";
import fc from "fast-check";
import { compileMatch } from "../../src/match/match.ts";
import { expressionOf, run } from "./expression_fuzz.ts";

const pieces = fc.uint8Array({ maxLength: 24 }).map((bytes) => Uint8Array.from([0, ...bytes]));
const text = fc.string({ unit: "binary", maxLength: 200 }).map((value) =>
  Uint8Array.from([1, ...new TextEncoder().encode(value)])
);

Deno.test("evaluate() answers or throws MatchError whatever the text", async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(pieces, text), run), { seed: 71, numRuns: 3_000 });
});

Deno.test("expressionOf() makes expressions that compile, too", () => {
  let compiled = 0;
  for (const bytes of fc.sample(pieces, { seed: 72, numRuns: 3_000 })) {
    try {
      compileMatch(expressionOf(bytes));
      compiled++;
    } catch {
      // Most do not.
    }
  }
  ok(compiled > 20, String(compiled));
});

/** Expressions that are well formed, whatever their types. */
const wellFormed = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(
      "true",
      "false",
      "nil",
      "1",
      "'a'",
      "[1, 'a']",
      "identity('w')",
      "get_fact('a')",
      "get_fact('n')",
      "get_fact('a.b')",
      "has_file('/a')",
    ),
    fc.tuple(
      tie("node"),
      fc.constantFrom(
        "&&",
        "or",
        "==",
        "!=",
        "<",
        "in",
        "not in",
        "matches",
        "contains",
        "+",
        "%",
        "**",
        "??",
      ),
      tie("node"),
    ).map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(tie("node"), tie("node"), tie("node")).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(fc.constantFrom("!", "not ", "-"), tie("node")).map((parts) => parts.join("")),
    tie("node").map((node) => `(${node})?.b`),
  ),
})).node;

Deno.test("evaluate() answers or throws MatchError for what is well formed", async () => {
  await fc.assert(
    fc.asyncProperty(
      wellFormed,
      (source) => run(Uint8Array.from([1, ...new TextEncoder().encode(source)])),
    ),
    { seed: 73, numRuns: 3_000 },
  );
});
