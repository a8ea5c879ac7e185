/// <reference lib="deno.unstable" />
// Deno types its lint plugins as unstable; only the tools see these types.

const ROOT = new URL("../../", import.meta.url).pathname;

/** The path of a linted file inside the checkout, for example `src/spec/verify.ts`. */
export function place(filename: string): string {
  return filename.startsWith(ROOT) ? filename.slice(ROOT.length) : filename;
}

/** Whether a file is inside one of these folders, or is one of these files. */
export function within(filename: string, places: readonly string[]): boolean {
  const path = place(filename);
  return places.some((place) => path === place || (place.endsWith("/") && path.startsWith(place)));
}
