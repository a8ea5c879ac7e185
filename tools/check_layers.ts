import { listFiles } from "./list_files.ts";
import { ADAPTERS, ENTRIES, LAYERS, NODE_BUILTINS, VENDORS } from "./layers.ts";

/** One import of one file. */
export interface Import {
  /** The file that imports. */
  readonly from: string;
  /** A path inside the checkout, or a bare or `node:` specifier. */
  readonly to: string;
  /** Whether only types are imported. */
  readonly typeOnly: boolean;
}

const STATEMENT = /^(?:import|export)\b(?<clause>[^"'`;]*?)(?:\bfrom\s*)?"(?<specifier>[^"]+)"/gm;
const DYNAMIC = /\bimport\(\s*"([^"]+)"/g;

/** The imports and re-exports of one file, dynamic and type-only ones included; comments are not read. */
export function importsOf(path: string, text: string): readonly Import[] {
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean) =>
    found.push({ from: path, to: resolve(path, specifier), typeOnly });
  for (const match of code.matchAll(STATEMENT)) {
    const { clause = "", specifier = "" } = match.groups ?? {};
    // `export const a = "b"` is no import: it has neither braces nor a star before its string.
    if (match[0].startsWith("export") && !/\bfrom\s*"/.test(match[0])) continue;
    add(specifier, /^\s*type\b/.test(clause));
  }
  for (const [, specifier = ""] of code.matchAll(DYNAMIC)) add(specifier, false);
  return found;
}

/** What is wrong with one import; undefined when nothing is. */
export function checkImport({ from, to, typeOnly }: Import): string | undefined {
  const layer = layerOf(from);
  if (/^(?:npm|jsr|https?|data|file):/.test(to)) {
    return `"${to}": packages are named in deno.json alone (rule 8)`;
  }
  if (to.startsWith("node:")) {
    const allowed = layer === undefined || ADAPTERS.includes(layer) || NODE_BUILTINS.includes(to);
    return allowed ? undefined : `"${to}" is not for the domain (rule 8)`;
  }
  if (!to.includes(".ts") && !to.startsWith("src/")) return checkVendor(from, to);
  if (from.startsWith("examples/") && !to.startsWith("examples/") && !ENTRIES.includes(to)) {
    return `"${to}": an example imports what users import: ${ENTRIES.join(", ")}`;
  }
  if (layer === undefined) return undefined;
  const target = layerOf(to);
  if (target === undefined) return `"${to}" is outside of src/ (rule 7)`;
  if (target === layer) return undefined;
  if (!(LAYERS[layer] ?? []).includes(target)) {
    return `${layer} may not import ${target}: "${to}" (rule 7)`;
  }
  if (
    layer === "watchers" && target === "machine" && !typeOnly && to === "src/machine/machine.ts"
  ) {
    return `a watcher returns, it does not call the machine: "${to}" (rule 12)`;
  }
  return undefined;
}

/** Rings among files, each as the path that comes back to its start. */
export function rings(imports: readonly Import[]): readonly string[] {
  const edges = new Map<string, string[]>();
  for (const { from, to } of imports) edges.set(from, [...edges.get(from) ?? [], to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      found.push([...trail.slice(start), path].join(" -> "));
      return;
    }
    if (done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of [...edges.keys()].sort()) visit(path, []);
  return found;
}

function checkVendor(from: string, to: string): string | undefined {
  const vendor = Object.keys(VENDORS).find((name) => to === name || to.startsWith(name));
  const homes = vendor === undefined ? undefined : VENDORS[vendor];
  if (homes === undefined || !from.startsWith("src/")) return undefined;
  if (homes.some((home) => from.startsWith(`src/${home}/`))) return undefined;
  return `"${to}" is only for src/${homes.join(", src/")} (rule 8)`;
}

function layerOf(path: string): string | undefined {
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

function resolve(from: string, specifier: string): string {
  if (!specifier.startsWith(".")) return specifier;
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url).pathname;
  const paths = listFiles(root, { suffix: ".ts" });
  const imports = paths.flatMap((path) => importsOf(path, Deno.readTextFileSync(root + path)));
  const complaints = imports.flatMap((one) => {
    const why = checkImport(one);
    return why === undefined ? [] : [`${one.from}: ${why}`];
  });
  const folders = new Set(paths.flatMap((path) => layerOf(path) ?? []));
  for (const folder of folders) {
    if (!(folder in LAYERS)) {
      complaints.push(`src/${folder}: the table in tools/layers.ts does not know it (rule 7)`);
    }
  }
  const loose = paths.filter((path) => /^src\/[^/]+$/.test(path));
  complaints.push(...loose.map((path) => `${path}: a source file belongs into a folder (rule 7)`));
  complaints.push(...rings(imports).map((ring) => `a ring: ${ring} (rule 7)`));
  for (const complaint of complaints) console.error(complaint);
  console.log(
    `layers: ${imports.length} imports in ${paths.length} files; ${complaints.length} complaints`,
  );
  Deno.exitCode = complaints.length === 0 ? 0 : 1;
}
