/** Reads what `deno test --junit-path` writes: as much of it as tells which test ended how. */
import type { TestResult } from "./threat_table.ts";

const SUITE = /<testsuite name="([^"]*)"[^>]*>([\s\S]*?)<\/testsuite>/g;
const CASE = /<testcase name="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g;
const ENTITIES: Readonly<Record<string, string>> = {
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&apos;": "'",
  "&amp;": "&",
};

/** Every test of a report, files relative to `root`. */
export function parseJUnit(xml: string, { root }: { readonly root: string }): TestResult[] {
  return [...xml.matchAll(SUITE)].flatMap(([, suite = "", body = ""]) => {
    const file = unescape(suite).replace(/^\.\//, "").replace(root, "");
    return [...body.matchAll(CASE)].map(([, name = "", inner = ""]) => ({
      file,
      name: unescape(name),
      result: ending(inner),
    }));
  });
}

function ending(inner: string): TestResult["result"] {
  if (inner.includes("<failure") || inner.includes("<error")) return "failed";
  return inner.includes("<skipped") ? "skipped" : "passed";
}

function unescape(text: string): string {
  return text.replace(/&(?:lt|gt|quot|apos|amp);/g, (entity) => ENTITIES[entity] ?? entity)
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-fA-F]+);/g, (_, code) => String.fromCodePoint(parseInt(code, 16)));
}
