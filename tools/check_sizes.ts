import { listFiles } from "./list_files.ts";

/** One file that breaks a rule about sizes, names or comments. */
export interface Complaint {
  /** Path inside the checkout. */
  readonly path: string;
  /** What is wrong, and with which rule. */
  readonly why: string;
}

/** Lines that a file may have, by the top folder it is in; the rest of the checkout has the wall of `src`. */
export const WALLS: Readonly<Record<string, number>> = { src: 300, tests: 400 };

/** Names that say nothing (rule 1). */
const EMPTY_NAMES = /^(?:(?:\w+_)?(?:utils?|helpers?|common|misc|shared|stuff)|types|index)\.ts$/;
const SNAKE_FILE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*\.ts$/;
const SNAKE_FOLDER = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
/** Tests of no single folder: whole paths, faults of whole nodes, support, the tools, fuzzing, properties. */
const FREE_TESTS = ["e2e", "faults", "threats", "support", "tools", "fuzz", "data", "examples"];

/** Looks at one file: its size, its name and the comments that switch checks off. */
export function checkFile(path: string, text: string): readonly Complaint[] {
  const complaints: Complaint[] = [];
  const complain = (why: string) => complaints.push({ path, why });
  const parts = path.split("/");
  const name = parts.at(-1) ?? path;
  const wall = WALLS[parts[0] ?? ""] ?? 300;
  const lines = text.split("\n").length - 1;
  if (lines > wall) complain(`${lines} lines, more than ${wall} (rule 2)`);
  if (!SNAKE_FILE.test(name)) complain("the name is not snake_case (rule 1)");
  if (EMPTY_NAMES.test(name)) complain("the name says nothing (rule 1)");
  for (const folder of parts.slice(0, -1)) {
    if (!SNAKE_FOLDER.test(folder)) complain(`the folder "${folder}" is not snake_case (rule 1)`);
  }
  for (const [index, line] of text.split("\n").entries()) {
    if (/(?:^|\s)\/\/ *deno-coverage-ignore/.test(line)) {
      complain(`line ${index + 1}: no coverage is ignored (rule 25)`);
    }
    if (
      /(?:^|\s)\/\/ *(?:deno-lint-ignore|@ts-(?:expect-error|ignore))/.test(line) &&
      !/ -- \S/.test(line)
    ) {
      complain(`line ${index + 1}: a check is switched off without " -- reason"`);
    }
  }
  return complaints;
}

/**
 * Looks whether each test stands where its source stands: `tests/a/b_test.ts` or `tests/a/b_more_test.ts` for
 * `src/a/b.ts`; a test of how several sources of `src/a/` behave together imports them, or a fixture beside it.
 */
export function checkMirror(texts: ReadonlyMap<string, string>): readonly Complaint[] {
  const sources = new Set([...texts.keys()].flatMap(folderAndName));
  const complaints: Complaint[] = [];
  for (const [path, text] of texts) {
    const match = /^tests\/(?:(.+)\/)?([^/]+)_test\.ts$/.exec(path);
    if (match === null) continue;
    const [, folder = "", name = ""] = match;
    if (folder === "" || FREE_TESTS.includes(folder.split("/")[0] ?? "")) continue;
    const words = name.split("_");
    const found = words.some((_, index) =>
      sources.has(`${folder}/${words.slice(0, index + 1).join("_")}.ts`)
    );
    if (found || text.includes(`src/${folder}/`) || text.includes('from "./')) continue;
    complaints.push({
      path,
      why: `no source src/${folder}/ starts its name or is imported (rule 22)`,
    });
  }
  return complaints;
}

/** `src/cli/commands/keys.ts` may be tested in `tests/cli/commands/` and, for short, in `tests/cli/`. */
function folderAndName(path: string): readonly string[] {
  const [top, ...rest] = path.split("/");
  const name = rest.at(-1);
  if (top !== "src" || name === undefined) return [];
  return rest.slice(0, -1).map((_, index) => `${rest.slice(0, index + 1).join("/")}/${name}`);
}

/** The sizes of `src/`, in one line. */
export function summary(sizes: readonly number[]): string {
  const sorted = sizes.toSorted((a, b) => a - b);
  const at = (part: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return `${sorted.length} source files: median ${at(0.5)} lines, p90 ${at(0.9)}, largest ${
    sorted.at(-1)
  }`;
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url).pathname;
  const paths = listFiles(root, { suffix: ".ts" });
  const texts = new Map(paths.map((path) => [path, Deno.readTextFileSync(root + path)]));
  const complaints = [
    ...paths.flatMap((path) => checkFile(path, texts.get(path) ?? "")),
    ...checkMirror(texts),
  ];
  for (const { path, why } of complaints) console.error(`${path}: ${why}`);
  const sizes = paths.filter((path) => path.startsWith("src/"))
    .map((path) => (texts.get(path) ?? "").split("\n").length - 1);
  console.log(`sizes: ${summary(sizes)}; ${complaints.length} complaints`);
  Deno.exitCode = complaints.length === 0 ? 0 : 1;
}
