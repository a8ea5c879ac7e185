import { deepStrictEqual, match, strictEqual, throws } from "node:assert/strict";
import { linkWorker, relativeImports } from "../../src/worker/link.ts";
import { WORKER_SOURCES } from "../../src/worker/sources.ts";

Deno.test("WORKER_SOURCES has every module that the worker needs, and no other", () => {
  const needed = new Set<string>();
  const visit = (path: string) => {
    if (needed.has(path)) return;
    needed.add(path);
    const text = Deno.readTextFileSync(new URL(`../../src/${path}`, import.meta.url));
    for (const target of relativeImports(path, text)) visit(target);
  };
  visit("worker/worker_main.ts");
  deepStrictEqual([...WORKER_SOURCES.keys()].sort(), [...needed].sort());
  for (const [path, text] of WORKER_SOURCES) {
    strictEqual(text, Deno.readTextFileSync(new URL(`../../src/${path}`, import.meta.url)), path);
  }
});

Deno.test("WORKER_SOURCES names modules before those that import them", () => {
  const seen = new Set<string>();
  for (const [path, text] of WORKER_SOURCES) {
    for (const target of relativeImports(path, text)) strictEqual(seen.has(target), true, path);
    seen.add(path);
  }
});

Deno.test("WORKER_SOURCES asks for nothing but its own modules and Node's", () => {
  for (const [path, text] of WORKER_SOURCES) {
    for (const found of text.matchAll(/^(?:import|export)[^;"]*?from "([^"]+)"/gm)) {
      match(found[1] ?? "", /^(\.|node:(crypto|zlib)$)/, path);
    }
    strictEqual(/\bimport\(/.test(text), false, path);
  }
});

Deno.test("relativeImports() sees values and not types", () => {
  const text = `import type { A } from "./a.ts";
import { type B, c } from "../b/b.ts";
import {
  d,
  e,
} from "./d.ts";
export { f } from "./f.ts";
export type { G } from "./g.ts";
import { createHash } from "node:crypto";
`;
  deepStrictEqual(relativeImports("x/main.ts", text), ["b/b.ts", "x/d.ts", "x/f.ts"]);
});

Deno.test("linkWorker() refuses a module that is imported before it is there", () => {
  const sources = new Map([["a.ts", 'import { b } from "./b.ts";\n'], ["b.ts", ""]]);
  throws(() => linkWorker(sources), TypeError);
});
