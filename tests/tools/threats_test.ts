import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { parseJUnit } from "../../tools/junit.ts";
import {
  carries,
  CASES,
  checkResults,
  checkTests,
  parseThreats,
  tally,
  type TestResult,
} from "../../tools/threat_table.ts";

const SHOWN = '`tests/a_test.ts`: "refuses #1 nothing"<br>`tests/b_test.ts`: "b() says (#1)"';

function page(rows: Readonly<Record<number, string>> = {}): string {
  const all = Array.from({ length: CASES }, (_, index) => {
    const number = index + 1;
    return rows[number] ??
      `| ${number} | case ${number} | refused | \`code\` | n/a: no ${number} |`;
  });
  return ["# Page", "| # | case | outcome | code | shown by |", "| --- |", ...all].join("\n");
}

Deno.test("parseThreats() reads rows with tests and rows with a reason", () => {
  const { threats, complaints } = parseThreats(page({
    1: `| 1 | a \\| b | refused | \`code\` | ${SHOWN} |`,
    2: "| 2 | two | held | | later: waves |",
  }));
  deepStrictEqual(complaints, []);
  deepStrictEqual(threats[0]?.shown, [
    { file: "tests/a_test.ts", name: "refuses #1 nothing" },
    { file: "tests/b_test.ts", name: "b() says (#1)" },
  ]);
  deepStrictEqual(threats[1]?.waived, { kind: "later", why: "waves" });
  strictEqual(
    tally(threats).split("\n").slice(0, 2).join("; "),
    "threats: 1 / 212 covered; later: 1 (2)",
  );
});

const BROKEN: readonly (readonly [string, Readonly<Record<number, string>>, string])[] = [
  ["a missing case", { 7: "" }, "#7: 0 rows instead of 1"],
  ["a case twice", { 7: "| 6 | x | y | | n/a: z |" }, "#6: 2 rows instead of 1"],
  ["a case too many", { 7: "| 213 | x | y | | n/a: z |" }, "#213: there is no such case"],
  ["cells too few", { 7: "| 7 | x | y | n/a: z |" }, "#7: 4 cells instead of 5"],
  ["neither test nor reason", { 7: "| 7 | x | y | | |" }, "#7: neither test nor reason"],
  ["an empty reason", { 7: "| 7 | x | y | | later: |" }, "#7: neither test nor reason"],
  ["no outcome", { 7: "| 7 | x | | | later: z |" }, "#7: says neither what nor what happens"],
];

for (const [what, rows, complaint] of BROKEN) {
  Deno.test(`parseThreats() complains about ${what}`, () => {
    const { complaints } = parseThreats(page(rows));
    strictEqual(complaints.includes(complaint), true, complaints.join("\n"));
  });
}

const { threats } = parseThreats(page({ 1: `| 1 | one | refused | | ${SHOWN} |` }));
const FILES = new Map([
  ["tests/a_test.ts", '["#1 nothing"] refuses #1 nothing'],
  ["tests/b_test.ts", "b() says (#1)"],
]);

Deno.test("checkTests() wants each name in the text of its file, with its number", () => {
  const check = (files: ReadonlyMap<string, string>) =>
    checkTests(threats, (file) => files.get(file));
  deepStrictEqual(check(FILES), []);
  deepStrictEqual(check(new Map([...FILES, ["tests/b_test.ts", "other"]])), [
    '#1: "tests/b_test.ts" has no word of "b() says (#1)"',
  ]);
  deepStrictEqual(check(new Map([...FILES].slice(0, 1))), ['#1: "tests/b_test.ts" is not there']);
  const other = parseThreats(page({ 2: `| 2 | two | refused | | ${SHOWN} |` })).threats;
  strictEqual(checkTests(other, (file) => FILES.get(file)).length, 2);
});

Deno.test("checkResults() wants each named test to have run and passed", () => {
  const good: readonly TestResult[] = [
    { file: "tests/a_test.ts", name: "f() refuses #1 nothing", result: "passed" },
    { file: "tests/b_test.ts", name: "b() says (#1)", result: "passed" },
  ];
  const ending = (result: TestResult["result"]) =>
    checkResults(threats, good.map((test, index) => index === 1 ? { ...test, result } : test));
  deepStrictEqual(checkResults(threats, good), []);
  deepStrictEqual(ending("failed"), ['#1: "b() says (#1)" of "tests/b_test.ts" failed']);
  deepStrictEqual(ending("skipped"), ['#1: "b() says (#1)" of "tests/b_test.ts" was skipped']);
  deepStrictEqual(checkResults(threats, good.slice(0, 1)), [
    '#1: no test of "tests/b_test.ts" is named "b() says (#1)"',
  ]);
});

Deno.test("carries() does not take #7 for #71", () => {
  deepStrictEqual(["(#7)", "#7 x", "#71", "7"].map((text) => carries(text, 7)), [
    true,
    true,
    false,
    false,
  ]);
});

Deno.test("parseJUnit() reads names, files and endings", () => {
  const xml = `<testsuites><testsuite name="./tests/a_test.ts" tests="3">
    <testcase name="a &quot;b&quot; &lt;&amp;&gt;" classname="x"></testcase>
    <testcase name="bad" classname="x"><failure message="m">no</failure></testcase>
    <testcase name="ign" classname="x"><skipped/></testcase>
  </testsuite></testsuites>`;
  deepStrictEqual(parseJUnit(xml, { root: "/r/" }), [
    { file: "tests/a_test.ts", name: 'a "b" <&>', result: "passed" },
    { file: "tests/a_test.ts", name: "bad", result: "failed" },
    { file: "tests/a_test.ts", name: "ign", result: "skipped" },
  ]);
});
