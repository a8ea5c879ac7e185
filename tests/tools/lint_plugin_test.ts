import { deepStrictEqual } from "node:assert/strict";
import plugin from "../../tools/lint_plugin.ts";

interface Example {
  readonly rule: string;
  /** Where the file stands; src/spec/x.ts when left out. */
  readonly file?: string;
  readonly good: readonly string[];
  readonly bad: readonly string[];
}

const inTests = "tests/spec/x_test.ts";

const EXAMPLES: readonly Example[] = [
  {
    rule: "no-export-all",
    good: ['export { a } from "./a.ts";'],
    bad: ['export * from "./a.ts";'],
  },
  { rule: "no-default-export", good: ["export const a = 1;"], bad: ["export default 1;"] },
  { rule: "no-enum", good: ['type A = "a" | "b";'], bad: ["enum A { B }", "const enum A { B }"] },
  { rule: "no-namespaces", good: ["declare global {}"], bad: ["namespace A {}"] },
  {
    rule: "no-parameter-properties",
    good: ["class A { constructor(a: string) {} }"],
    bad: ["class A { constructor(readonly a: string) {} }"],
  },
  {
    rule: "no-private-keyword",
    good: ["class A { #a = 1; #b() {} }", "class A { private constructor() {} }"],
    bad: ["class A { private a = 1 }", "class A { private b() {} }"],
  },
  {
    rule: "readonly-data",
    good: [
      "export class A { #a = 1; readonly b = 2; get c() { return 1 } }",
      "export interface A { readonly a: string; b(): void }",
      "export type A = { readonly a: string }",
      "interface Working { a: string } class Builder { a = 1 }",
      "export function a() { const b: { c: number } = { c: 1 }; return b.c; }",
    ],
    bad: [
      "export class A { a = 1 }",
      "export interface A { a: string }",
      "export type A = { a: string }",
    ],
  },
  {
    rule: "one-class",
    good: [
      "export class A {} export class AError extends Error {}",
      "export class A {} class B {}",
    ],
    bad: ["export class A {} export class B {}"],
  },
  {
    rule: "options-bag",
    good: [
      "export function a(b: string, c: string) {}",
      "export function a(b: string, c: string, options: AOptions = {}) {}",
      "export function a(b: string, c: string, { d }: { d: string }) {}",
      "function a(b: string, c: string, d: string) {}",
      "export class A { #a(b: string, c: string, d: string) {} }",
      "export function a(fs: Fs, b: string, c: string, options: AOptions = {}) {}",
      "class A { a(b: string, c: string, d: string) {} }",
    ],
    bad: [
      "export function a(b: string, c: string, d: string) {}",
      "export class A { a(b: string, c: string, d: number) {} }",
      "export function a(b: string, c: string, d: string, options: AOptions) {}",
    ],
  },
  {
    rule: "no-deno-in-domain",
    good: ["ports.fs.open(path);"],
    bad: ["Deno.cwd();", "let a: Deno.FsFile;"],
  },
  { rule: "no-deno-in-domain", file: "src/deno/fs.ts", good: ["Deno.cwd();"], bad: [] },
  {
    rule: "no-ambient-time",
    good: ["clock.now();", "new Date(ms);", "clock.sleep(1, { signal });"],
    bad: [
      "setTimeout(a, 1);",
      "setInterval(a, 1);",
      "Date.now();",
      "new Date();",
      "performance.now();",
      "AbortSignal.timeout(1);",
    ],
  },
  {
    rule: "no-ambient-world",
    good: ["ports.fetch(request);", "random();"],
    bad: ["fetch(url);", "Math.random();"],
  },
  { rule: "no-exit", file: "src/cli/keys.ts", good: ["return_(1);"], bad: ["Deno.exit(1);"] },
  {
    rule: "no-console-in-source",
    file: "src/cli/keys.ts",
    good: ['io.out("a");'],
    bad: ['console.log("a");', 'console.error("a");'],
  },
  {
    rule: "no-sleep-in-unit-tests",
    file: inTests,
    good: ["clock.advance(1);"],
    bad: ["setTimeout(a, 1);", "await new Promise((resolve) => setTimeout(resolve, 1));"],
  },
  {
    rule: "no-sleep-in-unit-tests",
    file: "tests/e2e/a_test.ts",
    good: ["setTimeout(a, 1);"],
    bad: [],
  },
  {
    rule: "error-message",
    good: [
      'new TypeError(`Cannot read key "${path}": it has ${n} digits, not 64`);',
      'new SpecError("Cannot parse list: not JSON", { code: "a" });',
      "new RangeError(message);",
      'new RangeError("it is not a number");',
      'new Map("it isn\'t an error");',
    ],
    bad: [
      'new Error("cannot read");',
      'new Error("Failed to read");',
      'new Error("Invalid key");',
      'new Error("Cannot read: gone.");',
      'new Error("Cannot read: it isn\'t there");',
      "new SpecError(`Cannot read '${path}': gone`);",
      'new Error("");',
      'new Error("could not read " + path);',
    ],
  },
  {
    rule: "test-name",
    file: inTests,
    good: [
      'Deno.test("verify() refuses a changed byte", () => {});',
      'Deno.test("Machine.run() ends when aborted", () => {});',
      'Deno.test("Agent[Symbol.asyncDispose]() can be called twice", () => {});',
      'import { Untar } from "./a.ts"; Deno.test("Untar reads links", () => {});',
      'Deno.test("FaultFs keeps what was written", () => {});',
      "Deno.test(`verify() answers vector ${id}`, () => {});",
      "Deno.test(name, () => {});",
    ],
    bad: [
      'Deno.test("it works", () => {});',
      'Deno.test("It works", () => {});',
      'Deno.test("verify()", () => {});',
    ],
  },
  {
    rule: "test-name",
    file: "tests/e2e/a_test.ts",
    good: ['Deno.test("machinist run survives a kill", () => {});'],
    bad: [],
  },
  {
    rule: "no-skipped-tests",
    file: inTests,
    good: ['Deno.test("a() b", () => {});'],
    bad: ['Deno.test.only("a() b", () => {});', 'Deno.test.ignore("a() b", () => {});'],
  },
];

for (const { rule, file = "src/spec/x.ts", good, bad } of EXAMPLES) {
  Deno.test(`plugin.${rule}() tells good from bad in ${file}`, () => {
    const silent = bad.filter((source) => !complaints(file, source).includes(`machinist/${rule}`));
    const loud = good.filter((source) => complaints(file, source).includes(`machinist/${rule}`));
    deepStrictEqual({ silent, loud }, { silent: [], loud: [] });
  });
}

Deno.test("plugin.rules() each have a good and a bad example", () => {
  const shown = EXAMPLES.filter(({ good, bad }) => good.length > 0 && bad.length > 0);
  const names = new Set(shown.map(({ rule }) => rule));
  deepStrictEqual([...names].sort(), Object.keys(plugin.rules).sort());
});

function complaints(file: string, source: string): readonly string[] {
  return Deno.lint.runPlugin(plugin, file, source).map((diagnostic) => diagnostic.id);
}
