import { makePackage, type Package } from "./package.ts";
import type { BenchWorld } from "./row.ts";

/** Packages that several benches deploy, made once a run. */
const made = new Map<string, Promise<Package>>();

const SHAPES = {
  /** What the issue calls many small files. */
  many: { files: 2_000, bytes: 8_000, noise: 0.5 },
  /** What it calls few large ones. */
  large: { files: 6, bytes: 50_000_000, noise: 0.42 },
} as const;

/** The package of 2,000 files and 16 MB, or the one of 6 files and 300 MB. */
export function shaped(name: keyof typeof SHAPES, { shared, tell }: BenchWorld): Promise<Package> {
  const known = made.get(name);
  if (known !== undefined) return known;
  tell(`packing the archive "${name}"`);
  const package_ = makePackage({ parent: `${shared}/source`, name, ...SHAPES[name] });
  made.set(name, package_);
  return package_;
}
