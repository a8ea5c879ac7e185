import { WORKER_SOURCES } from "./sources.ts";

/** One import or re-export of values from a relative path; types alone vanish when TypeScript is stripped. */
const RELATIVE_IMPORT = /^((?:import|export)(?! type\b)[^;"]*?from )"(\.{1,2}\/[^"]+)"/gm;

/** One import or re-export of nothing but types. */
const TYPE_IMPORT = /^(?:import|export) type [^;]*? from "\.[^"]+";$/gm;

/**
 * Makes one URL that a worker can be started from. Under `--allow-read=DIR` a worker may not read our source files, but
 * a blob needs no permission: each module becomes one, its relative imports rewritten to the blobs before it.
 */
export function linkWorker(sources: ReadonlyMap<string, string> = WORKER_SOURCES): string {
  const urls = new Map<string, string>();
  let last = "";
  for (const [path, text] of sources) {
    const values = text.replace(TYPE_IMPORT, (found) => "\n".repeat(found.split("\n").length - 1));
    const linked = values.replace(RELATIVE_IMPORT, (_, head: string, specifier: string) => {
      const target = resolvePath(path, specifier);
      const url = urls.get(target);
      if (url === undefined) {
        throw new TypeError(`Cannot link worker module "${path}": "${target}" is not before it`);
      }
      return `${head}"${url}"`;
    });
    // Where Deno checks types (in tests), those of a blob cannot be found; they were checked where they stand.
    const parts = ["// @ts-nocheck linked from ", path, "\n", linked];
    last = URL.createObjectURL(new Blob(parts, { type: "application/typescript" }));
    urls.set(path, last);
  }
  return last;
}

/** Paths of the modules that a module's values come from. */
export function relativeImports(path: string, text: string): readonly string[] {
  return [...text.matchAll(RELATIVE_IMPORT)].map((match) => resolvePath(path, match[2] ?? ""));
}

function resolvePath(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}
