import type { FuzzTarget } from "./engine.ts";

/** Where inputs are kept that once failed: each is run again by every test run. */
export const FOUND = new URL("./found/", import.meta.url);

/** Every target of this folder's `*_fuzz.ts` files, by name. */
export async function targets(): Promise<ReadonlyMap<string, FuzzTarget>> {
  const found: [string, FuzzTarget][] = [];
  for (const { name: file } of Deno.readDirSync(new URL("./", import.meta.url))) {
    if (!file.endsWith("_fuzz.ts")) continue;
    const { target } = await import(`./${file}`) as { readonly target: FuzzTarget };
    found.push([target.name, target]);
  }
  return new Map(found.sort(([a], [b]) => a < b ? -1 : 1));
}

/** Inputs that once failed: the target's name, and the bytes. */
export function regressions(): readonly {
  readonly file: string;
  readonly target: string;
  readonly bytes: Uint8Array;
}[] {
  try {
    return [...Deno.readDirSync(FOUND)].filter(({ name }) => name.endsWith(".bin"))
      .map(({ name }) => ({
        file: name,
        target: name.replace(/-[^-]*$/, ""),
        bytes: Deno.readFileSync(new URL(name, FOUND)),
      }));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
