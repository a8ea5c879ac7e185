import { ok, strictEqual, throws } from "node:assert/strict";
import { expandTemplate, MAX_TEMPLATE } from "../../src/machine/template.ts";
import { TemplateError } from "../../src/machine/template_error.ts";

const scope = {
  facts: {
    os: "linux",
    version: 9,
    ratio: 0.5,
    big: 12345678,
    site: { "lon.don": "LON", tags: ["a", "b"] },
    yes: true,
    nothing: null,
    list: [1, "two", null],
  },
  data: { i: 1, spec: { machines: "W10=" }, text: "hello big world", empty: "" },
};

function expand(text: string): string {
  return expandTemplate(text, scope);
}

const CASES: readonly [string, string][] = [
  ["", ""],
  ["plain { } }} text", "plain { } }} text"],
  [`{{ lookup "facts.os" "none" }}`, "linux"],
  [`{{lookup "facts.os" "none"}}`, "linux"],
  ["{{ lookup `facts.os` `none` }}", "linux"],
  [`a {{ lookup "facts.nope" "none" }} b`, "a none b"],
  [`{{ lookup "nope" 1 }}`, "1"],
  // the reference's own case: no prefix, so the default
  [`LON: {{ lookup "data.i" 1 }} ({{ lookup "i" 1 }})`, "LON: 1 (1)"],
  [`{{ lookup "facts.version" 0 }}`, "9"],
  [`{{ lookup "facts.ratio" 0 }}`, "0.5"],
  [`{{ lookup "facts.big" 0 }}`, "1.2345678e+07"],
  [`{{ lookup "nope" 12345678 }}`, "12345678"],
  [`{{ lookup "nope" 1e21 }}`, "1e+21"],
  [`{{ lookup "nope" 1.50 }}`, "1.5"],
  [
    `{{ lookup "nope" -3 }} {{ +3 }} {{ 0x10 }} {{ 0o17 }} {{ 017 }} {{ 0b11 }} {{ .5 }}`,
    "-3 3 16 15 15 3 0.5",
  ],
  [`{{ lookup "facts.yes" false }} {{ lookup "nope" false }} {{ true }}`, "true false true"],
  [`{{ lookup "facts.nothing" "d" }}`, "<no value>"],
  [`{{ lookup "facts.list" "" }}`, "[1 two <nil>]"],
  [`{{ lookup "data.spec" "" }}`, "map[machines:W10=]"],
  [`{{ lookup "data.empty" "d" }}`, ""],
  [`{{ lookup "facts.site.lon\\\\.don" "" }}`, "LON"],
  ["{{ lookup `facts.site.lon\\.don` `` }}", "LON"],
  [`{{ lookup "facts.site.tags.#" 0 }}`, "2"],
  [`{{ lookup "facts.site.tags.1" 0 }}`, "b"],
  [`{{ lookup "facts.s*.l*" 0 }}`, "LON"],
  // functions and pipes
  [`{{ lookup "facts.os" "" | ToUpper }}`, "LINUX"],
  [`{{ lookup "facts.os" "" | ToUpper | ToLower | Title }}`, "Linux"],
  [`{{lookup "facts.os" ""|ToUpper}}`, "LINUX"],
  [`{{ ToUpper (lookup "facts.os" "") }}`, "LINUX"],
  [`{{ ToUpper "ß straße" }}`, "ß STRAßE"],
  [`{{ ToLower "ÀÉ" }}`, "àé"],
  [`{{ Title "o'brien is_here 1st élan-vital" }}`, "O'Brien Is_here 1st Élan-Vital"],
  [`{{ lookup "data.text" "" | Capitalize }}`, "Hello Big World"],
  [`{{ lookup "facts.site.tags" "" | StringsJoin }}`, "a, b"],
  [`{{ StringJoin (lookup "facts.list" "") }}`, "1, two, <no value>"],
  [`{{ "hé" | Base64Encode }} {{ Base64Decode "aMOp" }}`, "aMOp hé"],
  [`{{ "d" | lookup "facts.nope" }}`, "d"],
  [`{{ lookup (lookup "nope" "facts.os") "x" }}`, "linux"],
  [`{{ (((("x")))) }}`, "x"],
  // strings
  [`{{ "}}" }}`, "}}"],
  ["{{ `a\nb` }}", "a\nb"],
  [`{{ "a\\tb\\"c\\u00e9\\x41" }}`, `a\tb"c\u00e9A`],
  // trim markers and comments
  [`a  {{- "x" -}}  b`, "axb"],
  [`a \n {{- "x" }} b`, "ax b"],
  [`a {{ "x" -}} \n\t b`, "a xb"],
  [`a {{- "x" -}} {{- "y" -}} b`, "axyb"],
  [`a {{-3}} {{- -3 -}} b`, "a -3-3b"],
  [`a{{/* not here }} */}}b`, "ab"],
  [`a {{- /* c */ -}} b`, "ab"],
  [`a {{/* c */ -}} b`, "a b"],
  [`{{ "x"\n|\nToUpper\n}}`, "X"],
  // #46
  [`{{ lookup "facts.__proto__" "none" }} {{ lookup "constructor" "none" }}`, "none none"],
];

Deno.test("expandTemplate() expands as the reference does", () => {
  for (const [text, wanted] of CASES) strictEqual(expand(text), wanted, text);
});

const REFUSED: readonly [string, TemplateError["code"], number?][] = [
  ["{{", "template_syntax"],
  ["{{ ", "template_syntax"],
  ["{{}}", "template_syntax", 1],
  ["a {{ }}", "template_syntax", 3],
  ["{{bad}}", "template_unsupported", 3],
  [`{{ lookup "a" }}`, "template_syntax", 4],
  [`{{ lookup "a" 1 2 }}`, "template_syntax", 4],
  [`{{ lookup }}`, "template_syntax"],
  [`{{ "d" | lookup "a" "b" }}`, "template_syntax"],
  [`{{ "a" "b" }}`, "template_syntax", 8],
  [`{{ "a" ToUpper }}`, "template_syntax"],
  [`{{ "a" | "b" }}`, "template_syntax", 10],
  [`{{ "a" | }}`, "template_syntax"],
  [`{{ | ToUpper }}`, "template_syntax"],
  [`{{ ToUpper lookup "a" "b" }}`, "template_syntax", 12],
  [`{{ ("a" }}`, "template_syntax"],
  [`{{ "a") }}`, "template_syntax"],
  [`{{ () }}`, "template_syntax"],
  [`{{ "a }}`, "template_syntax"],
  ["{{ `a }}", "template_syntax"],
  [`{{ "a\\d" }}`, "template_syntax"],
  [`{{ "a"b }}`, "template_syntax"],
  [`{{ "a"-}}`, "template_syntax"],
  [`{{ 1x }}`, "template_syntax"],
  [`{{ 1..2 }}`, "template_unsupported"],
  [`{{ "a" } }`, "template_syntax"],
  [`{{ # }}`, "template_syntax"],
  [`{{/* open`, "template_syntax"],
  [`{{/* c */ }}`, "template_syntax"],
  [`{{ /* c */}}`, "template_syntax"],
  [`{{ if true }}x{{ end }}`, "template_unsupported", 4],
  [`{{ range lookup "facts.list" "" }}x{{ end }}`, "template_unsupported", 4],
  [`{{ else }}`, "template_unsupported"],
  [`{{ define "x" }}{{ end }}`, "template_unsupported"],
  [`{{ template "x" }}`, "template_unsupported"],
  [`{{ with "x" }}{{ end }}`, "template_unsupported"],
  [`{{ nil }}`, "template_unsupported"],
  [`{{ . }}`, "template_unsupported"],
  [`{{ .facts.os }}`, "template_unsupported"],
  [`{{ $x }}`, "template_unsupported"],
  [`{{ $x := 1 }}`, "template_unsupported"],
  [`{{ (lookup "facts.site" "").tags }}`, "template_unsupported"],
  [`{{ 'a' }}`, "template_unsupported"],
  [`{{ printf "%s" "a" }}`, "template_unsupported"],
  [`{{ constructor }}`, "template_unsupported"],
  [`{{ ToUpper 1 }}`, "template_value", 4],
  [`{{ lookup "facts.version" 1 | ToUpper }}`, "template_value"],
  [`{{ lookup "facts.nothing" 1 | ToUpper }}`, "template_value"],
  [`{{ lookup "facts.site" 1 | ToUpper }}`, "template_value"],
  [`{{ lookup 1 1 }}`, "template_value"],
  [`{{ lookup "facts.#(a==1)" 1 }}`, "template_value"],
  [`{{ lookup "facts.@keys" 1 }}`, "template_value"],
  [`{{ StringsJoin "a" }}`, "template_value"],
  [`{{ Base64Decode "*" }}`, "template_value"],
];

Deno.test("expandTemplate() refuses what it leaves out and what is wrong, with its place", () => {
  for (const [text, code, column] of REFUSED) {
    throws(() => expand(text), (error: unknown) => {
      ok(error instanceof TemplateError && error instanceof SyntaxError, `${text}: ${error}`);
      strictEqual(error.code, code, `${text}: ${error.message}`);
      if (column !== undefined) strictEqual(error.column, column, `${text}: ${error.message}`);
      ok(error.message.startsWith("Cannot expand template "), error.message);
      return true;
    }, text);
  }
  throws(() => expand("a\nb\n  {{ if }}"), { line: 3, column: 6 });
});

Deno.test("expandTemplate() bounds template, output, values and depth", () => {
  const limit = { name: "TemplateError", code: "template_limit" };
  const fill = (length: number) => `{{ "a" }}`.padEnd(length, " ");
  strictEqual(expand(fill(MAX_TEMPLATE - 1)).length, MAX_TEMPLATE - 9);
  strictEqual(expand(fill(MAX_TEMPLATE)).length, MAX_TEMPLATE - 8);
  throws(() => expand(fill(MAX_TEMPLATE + 1)), limit);
  const plain = "x".repeat(MAX_TEMPLATE + 1);
  strictEqual(expand(plain), plain);
  const wide = { facts: {}, data: { a: "x".repeat(MAX_TEMPLATE / 2), n: new Array(9).fill("y") } };
  const double = `{{ lookup "data.a" "" }}`.repeat(2);
  strictEqual(expandTemplate(double, wide).length, MAX_TEMPLATE);
  throws(() => expandTemplate(`${double}x`, wide), limit);
  throws(
    () => expandTemplate(`{{ lookup "data.a" "" ${"| Base64Encode ".repeat(20)}}}`, wide),
    limit,
  );
  const nest = (levels: number) => `{{ ${"(".repeat(levels)}"x"${")".repeat(levels)} }}`;
  strictEqual(expand(nest(63)), "x");
  throws(() => expand(nest(64)), limit);
  throws(() => expand(nest(10_000)), limit);
});

Deno.test("expandTemplate() takes linear time", () => {
  const started = performance.now();
  expand(`${" ".repeat(200_000)}{{ "x" -}}${" ".repeat(200_000)}{{- "y" }}`);
  expand(`{{ "x" }} `.repeat(50_000));
  ok(performance.now() - started < 2_000);
});
