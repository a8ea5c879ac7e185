import { expandTemplate, MAX_TEMPLATE } from "../../src/machine/template.ts";
import { TemplateError } from "../../src/machine/template_error.ts";

/** What one template may take. */
const BUDGET_MS = 1_000;

const scope = {
  facts: { os: "linux", n: 1e21, list: ["a", 1, null], deep: { "a.b": [{ c: 1 }, { c: 2 }] } },
  data: { text: "hello", nothing: null },
};

const PIECES: readonly string[] = [
  "{{",
  "}}",
  "{{ ",
  " }}",
  "{{- ",
  " -}}",
  "{{/*",
  "*/}}",
  "|",
  "(",
  ")",
  " ",
  "\n",
  ".",
  "$",
  "'",
  '"',
  "`",
  "\\",
  "-",
  "lookup",
  "ToUpper",
  "ToLower",
  "Title",
  "Capitalize",
  "StringsJoin",
  "Base64Encode",
  "Base64Decode",
  '{{ lookup "facts.os" "x" }}',
  '{{ lookup "facts.list" 1 | StringsJoin }}',
  '{{ lookup "facts.deep" nil }}',
  ' "facts.os"',
  ' "facts.deep.#.c"',
  " `data.text`",
  ' "data.nothing"',
  " 1",
  " -2.5",
  " true",
  " 0x1f",
  " nil",
  "if",
  "range",
  "end",
  "printf",
  "text",
  "é",
  "\u{1f600}",
  "\u0000",
];

/** Bytes as a template: pieces, or the text itself when the first byte is odd. */
export function templateOf(bytes: Uint8Array): string {
  const [first = 0] = bytes;
  const rest = bytes.subarray(1);
  if (first % 2 === 1) return new TextDecoder().decode(rest);
  return Array.from(rest, (byte) => PIECES[byte % PIECES.length] ?? "").join("");
}

/** Whatever the text: a text within its limit or a TemplateError, in time. */
export function run(bytes: Uint8Array): void {
  const started = performance.now();
  const text = templateOf(bytes);
  try {
    const expanded = expandTemplate(text, scope);
    if (!text.includes("{{") && expanded !== text) throw new Error("Cannot change plain text");
    if (expanded.length > Math.max(MAX_TEMPLATE, text.length)) throw new Error("Cannot be so long");
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  const took = performance.now() - started;
  if (took > BUDGET_MS) throw new Error(`Cannot accept ${took} ms for ${JSON.stringify(text)}`);
}

/** For `deno task fuzz`. */
export const target = { name: "template", run };
