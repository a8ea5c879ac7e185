/**
 * Asks for 90 % of the lines of `src/`. Runs the tests with coverage, or, when MACHINIST_COVERAGE names the
 * coverage directory of a run that has just been made (as `.ci/run` does), takes that one.
 */
import { listFiles } from "./list_files.ts";
import { coverageOf, type FileCoverage } from "./lcov.ts";

const GOAL = 90;
const ROOT = new URL("../", import.meta.url).pathname;

async function deno(args: readonly string[], env: Record<string, string> = {}): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), { args: [...args], env, cwd: ROOT })
    .spawn().status;
  return success;
}

/** Runs the tests once, with coverage of this process and of the processes that tests start. */
async function runTests(): Promise<string | undefined> {
  const directory = `${ROOT}coverage`;
  await Deno.remove(directory, { recursive: true }).catch(() => {});
  const passed = await deno(["task", "-q", "test"], { DENO_COVERAGE_DIR: directory });
  return passed ? directory : undefined;
}

async function report(directory: string): Promise<readonly FileCoverage[]> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["coverage", "-q", "--lcov", `--include=^file://${ROOT}src/`, directory],
    cwd: ROOT,
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`Cannot read coverage: ${decoder.decode(stderr)}`);
  const paths = listFiles(ROOT, { suffix: ".ts" }).filter((path) => path.startsWith("src/"));
  const sources = new Map(paths.map((path) => [path, Deno.readTextFileSync(ROOT + path)]));
  return coverageOf(decoder.decode(stdout), { root: ROOT, sources });
}

const directory = Deno.env.get("MACHINIST_COVERAGE") ?? await runTests();
if (directory === undefined) {
  Deno.exitCode = 1;
} else {
  const files = await report(directory);
  const worst = files.filter((file) => file.found > 0 && file.hit / file.found < GOAL / 100)
    .toSorted((a, b) => (b.found - b.hit) - (a.found - a.hit));
  for (const { path, hit, found } of worst.slice(0, 25)) {
    console.error(`${path}: ${hit} of ${found} lines${hit === 0 ? ", no test loads it" : ""}`);
  }
  const hit = files.reduce((sum, file) => sum + file.hit, 0);
  const found = files.reduce((sum, file) => sum + file.found, 0);
  const percent = found === 0 ? 0 : 100 * hit / found;
  console.log(`coverage: ${percent.toFixed(2)} % of ${found} lines in src/; the goal is ${GOAL} %`);
  Deno.exitCode = percent >= GOAL ? 0 : 1;
}
