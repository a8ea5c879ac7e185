/** Options of {@linkcode listFiles}. */
export interface ListFilesOptions {
  /** What the names end with: `.ts`. */
  readonly suffix: string;
}

const SKIPPED = ["node_modules", "coverage", "dist", "machines", "data"];

/** The files of a checkout, as sorted paths inside it; without hidden folders and what is generated. */
export function listFiles(root: string, options: ListFilesOptions): readonly string[] {
  const found: string[] = [];
  const walk = (folder: string) => {
    for (const entry of Deno.readDirSync(root + folder)) {
      if (entry.name.startsWith(".") || entry.isSymlink) continue;
      const path = folder + entry.name;
      if (entry.isDirectory && !SKIPPED.includes(entry.name)) walk(`${path}/`);
      if (entry.isFile && path.endsWith(options.suffix)) found.push(path);
    }
  };
  walk("");
  return found.sort();
}
