/** The coverage of one file. */
export interface FileCoverage {
  /** Path inside the checkout. */
  readonly path: string;
  /** Lines that ran. */
  readonly hit: number;
  /** Lines that could have run. */
  readonly found: number;
}

/** Options of {@linkcode coverageOf}. */
export interface CoverageOptions {
  /** Absolute path of the checkout, with a slash at the end. */
  readonly root: string;
  /** The text of each file that counts, by path: those without a record count too, as not covered. */
  readonly sources: ReadonlyMap<string, string>;
}

/**
 * Reads an lcov report. A file that no test loads has no record there: its lines of code count as lines that
 * did not run, so that forgetting to test a file never makes the figure better.
 */
export function coverageOf(lcov: string, options: CoverageOptions): readonly FileCoverage[] {
  const lines = new Map<string, Map<number, number>>();
  let current: Map<number, number> | undefined;
  for (const line of lcov.split("\n")) {
    if (line.startsWith("SF:")) {
      const path = line.slice(3).replace(options.root, "");
      current = lines.get(path) ?? new Map();
      lines.set(path, current);
    } else if (line.startsWith("DA:")) {
      const [number = 0, count = 0] = line.slice(3).split(",").map(Number);
      current?.set(number, (current.get(number) ?? 0) + count);
    }
  }
  return [...options.sources].map(([path, text]) => {
    const counts = [...lines.get(path)?.values() ?? []];
    if (counts.length === 0) return { path, hit: 0, found: linesOfCode(text) };
    return { path, hit: counts.filter((count) => count > 0).length, found: counts.length };
  });
}

/** Lines that hold code; none for a file that declares only types, which nothing can run. */
function linesOfCode(text: string): number {
  const code = text.replace(/\/\*.*?\*\//gs, "").split("\n")
    .filter((line) => line.trim() !== "" && !line.trim().startsWith("//"));
  const runs = code.some((line) =>
    /^(?:export )?(?:async )?(?:function|class|const|let)\b/.test(line)
  );
  return runs ? code.length : 0;
}
