import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { ROOT } from "./support/cli.ts";

const ENTRIES = ["mod.ts", "src/testing/mod.ts"];

interface DocNode {
  readonly name: string;
  readonly isDefault?: boolean;
}

for (const entry of ENTRIES) {
  Deno.test(`import() of ${entry} needs no permission`, async () => {
    const { code, stderr } = await deno(["run", "--no-prompt", "--quiet", entry]);
    strictEqual(code, 0, stderr);
  });
}

Deno.test("import() of mod.ts gives every watcher that manifests may name", async () => {
  const built = Deno.readTextFileSync(`${ROOT}/src/watchers/built_in.ts`);
  const watchers = [...built.matchAll(/import \{ (\w+Watcher)\b/g)].map(([, name]) => name);
  ok(watchers.length > 0);
  const { stdout } = await deno(["doc", "--json", "mod.ts"]);
  const names = new Set(exportedNames(stdout));
  deepStrictEqual(watchers.filter((name) => name === undefined || !names.has(name)), []);
});

function exportedNames(json: string): readonly string[] {
  const { nodes } = JSON.parse(json);
  if (Array.isArray(nodes)) return nodes.map((node: DocNode) => node.name);
  const modules: readonly { readonly symbols: readonly DocNode[] }[] = Object.values(nodes);
  return modules.flatMap(({ symbols }) => symbols.map((symbol) => symbol.name));
}

async function deno(
  args: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
