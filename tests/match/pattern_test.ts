import { ok, rejects, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { MAX_PATTERN, MAX_PATTERN_SIZE, MAX_TEXT } from "../../src/match/limits.ts";
import { compilePattern, plainPattern } from "../../src/match/pattern.ts";
import { patternSize } from "../../src/match/pattern_size.ts";

async function matches(pattern: string, text: string): Promise<boolean> {
  return (await compilePattern(pattern)).test(text);
}

/** What Go's regexp answers; JavaScript's RegExp differs on most of these. */
const GO: readonly [pattern: string, text: string, wanted: boolean][] = [
  ["(?i)web", "WEB1", true],
  ["\\Aweb", "web1", true],
  ["\\Aweb", "A web", false],
  ["1\\z", "web1", true],
  ["1\\z", "web1\n", false],
  ["1$", "web1\n", false],
  ["(?m)1$", "web1\nx", true],
  ["\\Qa.b\\E", "a.b", true],
  ["\\Qa.b\\E", "axb", false],
  ["^[[:alpha:]]+$", "web", true],
  ["^[[:alpha:]]+$", "web1", false],
  ["\\pL", "é", true],
  ["^\\pL$", "pL", false],
  ["\\p{Greek}", "α", true],
  ["(?P<n>web)", "web", true],
  ["(?<n>web)", "web", true],
  ["(?U)a+", "aaa", true],
  ["\\x{41}", "A", true],
  ["\\x41", "A", true],
  ["^.$", "\u{1f600}", true],
  ["\\s", "\u00a0", false],
  ["^\\w$", "é", false],
  ["^\\d$", "٣", false],
  ["\\bweb\\b", "a web", true],
  ["^a{1000}$", "a".repeat(900), false],
  ["(?s)a.b", "a\nb", true],
  ["a.b", "a\nb", false],
  ["^$", "", true],
  ["", "anything", true],
  ["a|b", "b", true],
  ["^(web|db)[0-9]{2}\\.example\\.net$", "db07.example.net", true],
];

Deno.test("compilePattern() has the meaning of Go's expressions", async () => {
  for (const [pattern, text, wanted] of GO) {
    strictEqual(await matches(pattern, text), wanted, `${pattern} on ${text.slice(0, 20)}`);
  }
});

Deno.test("compilePattern() refuses what Go refuses (#67)", async () => {
  const refused = [
    "[",
    "(",
    ")",
    "*",
    "a**",
    "+a",
    "a++",
    "(?>a)",
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(a)\\1",
    "\\Z",
    "\\C",
    "\\h",
    "\\u0041",
    "\\cA",
    "a{1001}",
    "a{2}{3}",
    "a\\",
    "[b-a]",
    "\\pX",
    "(?P<n",
    "[[:foo:]]",
    "(?x)a",
    "\\8",
  ];
  for (const pattern of refused) await rejects(compilePattern(pattern), SyntaxError, pattern);
});

Deno.test("compilePattern() is linear where backtracking explodes (#68)", async () => {
  const cases: readonly [string, string][] = [
    ["^(a+)+$", "a".repeat(28) + "!"],
    ["(a+)+$", "a".repeat(32) + "!"],
    ["^(a|aa)+$", "a".repeat(200) + "!"],
    ["^(a|a?)+$", "a".repeat(200) + "!"],
    ["(.*a){12}", "a".repeat(200) + "!"],
    ["([a-z]+)*$", "a".repeat(10_000) + "!"],
  ];
  for (const [pattern, text] of cases) {
    const started = performance.now();
    await matches(pattern, text).catch((error) => ok(error instanceof RangeError));
    // 50 ms are promised; a busy machine gets some more.
    ok(performance.now() - started < 500, pattern);
  }
});

Deno.test("compilePattern() refuses what would compile to too much (#68)", async () => {
  const large = [
    "(?:aaaaaaaaaa){1000}",
    `(?:${"a?".repeat(100)}){1000}`,
    "a{1000}".repeat(5),
    "\\pL".repeat(1000),
    "((a{100}){100}){100}",
    "(?:(?:a{50}){50}){3}",
    "[\\pL\\pN]{1000}",
    "a".repeat(MAX_PATTERN + 1) + "+",
    "\\Q[\\E(?:abcde){1000}",
  ];
  for (const pattern of large) {
    const started = performance.now();
    await rejects(compilePattern(pattern), RangeError, pattern.slice(0, 40));
    ok(performance.now() - started < 500);
  }
  ok(!await matches("a{1000}", "a".repeat(900)));
});

Deno.test("compilePattern() bounds text times states", async () => {
  const pattern = await compilePattern("x[ab]{500}y");
  strictEqual(pattern.test("x".repeat(1000)), false);
  await rejects(async () => await Promise.resolve(pattern.test("x".repeat(MAX_TEXT))), RangeError);
});

Deno.test("compilePattern() keeps what it compiled, and not without bound", async () => {
  const first = await compilePattern("^kept[0-9]+$");
  strictEqual(await compilePattern("^kept[0-9]+$"), first);
  for (let index = 0; index < 300; index++) await compilePattern(`^other${index}$`);
  ok(await compilePattern("^kept[0-9]+$") !== first);
});

Deno.test("plainPattern() answers as RE2 does", () => {
  const letters = fc.constantFrom(
    "a",
    "b",
    ".",
    "\\.",
    "^",
    "$",
    "-",
    "/",
    " ",
    "\n",
    "\\$",
    "1",
    "é",
  );
  const sources = fc.array(letters, { maxLength: 5 }).map((parts) => parts.join(""));
  const texts = fc.array(fc.constantFrom("a", "b", ".", "^", "$", "-", "/", " ", "\n", "1"), {
    maxLength: 6,
  }).map((parts) => parts.join(""));
  let plain = 0;
  fc.assert(
    fc.property(sources, texts, (source, text) => {
      const pattern = plainPattern(source);
      if (pattern === undefined) return;
      plain++;
      strictEqual(
        pattern.test(text),
        RE2JS.compile(source).test(text),
        JSON.stringify([source, text]),
      );
    }),
    { seed: 1, numRuns: 3000 },
  );
  ok(plain > 500, String(plain));
});

Deno.test("patternSize() is not far below what RE2 makes", () => {
  const pieces = fc.constantFrom(
    "a",
    "(",
    ")",
    "(?:",
    "|",
    "*",
    "+",
    "?",
    "{3}",
    "{2,5}",
    "{0,4}",
    "{2,}",
    "[a-z]",
    "[^]]",
    ".",
    "\\d",
    "\\pL",
    "\\Qa(\\E",
    "^",
    "$",
    "\\b",
    "(?i)",
  );
  let compiled = 0;
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const source = parts.join("");
      const estimate = patternSize(source);
      let size: number;
      try {
        size = RE2JS.compile(source).programSize();
      } catch {
        return;
      }
      compiled++;
      ok(size <= 3 * estimate + 10, `${source}: ${size} states, estimated ${estimate}`);
    }),
    { seed: 2, numRuns: 4000 },
  );
  ok(compiled > 300, String(compiled));
  ok(patternSize("a{1000}") <= MAX_PATTERN_SIZE);
});
