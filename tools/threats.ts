/**
 * `deno task threats`: reads docs/threats.md, runs the tests that it names, and says how many of the cases a
 * test shows. `--list` only compares the table with the text of the tests. Fails when a named test is missing,
 * fails, or when a case is missing.
 */
import { parseJUnit } from "./junit.ts";
import {
  checkResults,
  checkTests,
  parseThreats,
  tally,
  type TestResult,
  type Threat,
} from "./threat_table.ts";

const ROOT = new URL("../", import.meta.url).pathname;

function read(file: string): string | undefined {
  try {
    return Deno.readTextFileSync(ROOT + file);
  } catch {
    return undefined;
  }
}

/** Runs test files once, all their tests, and gives each test's end. */
async function run(files: readonly string[]): Promise<readonly TestResult[]> {
  const report = await Deno.makeTempFile({ prefix: "machinist-threats-" });
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["test", "--no-prompt", "-A", "--parallel", `--junit-path=${report}`, ...files],
      cwd: ROOT,
      stdout: "piped",
      stderr: "piped",
    });
    const { success, stdout, stderr } = await child.output();
    if (!success) {
      await Deno.stderr.write(stdout);
      await Deno.stderr.write(stderr);
    }
    return parseJUnit(await Deno.readTextFile(report), { root: ROOT });
  } finally {
    await Deno.remove(report);
  }
}

function filesOf(threats: readonly Threat[]): readonly string[] {
  return [...new Set(threats.flatMap(({ shown }) => shown.map(({ file }) => file)))].toSorted();
}

if (import.meta.main) {
  const { threats, complaints } = parseThreats(read("docs/threats.md") ?? "");
  const wrong = [...complaints, ...checkTests(threats, read)];
  const list = Deno.args.includes("--list");
  if (!list) {
    const files = filesOf(threats).filter((file) => read(file) !== undefined);
    console.error(`threats: running ${files.length} test files`);
    wrong.push(...checkResults(threats, await run(files)));
  }
  for (const line of wrong) console.error(line);
  console.log(tally(threats));
  for (const { number, title, waived } of threats) {
    if (waived !== undefined) console.log(`  #${number} ${title}: ${waived.kind}: ${waived.why}`);
  }
  const good = list ? "every case has a test or a reason" : "every case passes";
  console.log(wrong.length === 0 ? good : `${wrong.length} complaints`);
  Deno.exitCode = wrong.length === 0 ? 0 : 1;
}
