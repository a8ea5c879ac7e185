/** Reads `docs/threats.md`: one row a case of threats, with the tests that show it or why there is none. */

/** Cases that the list has, numbered from 1. */
export const CASES = 212;

/** A test that shows a case: its file, and words of its name. */
export interface Shown {
  readonly file: string;
  readonly name: string;
}

/** Why a case has no test: work to come, or nothing here that it could happen to. */
export interface Waived {
  readonly kind: "later" | "n/a";
  readonly why: string;
}

/** One row. */
export interface Threat {
  readonly number: number;
  readonly title: string;
  readonly outcome: string;
  readonly code: string;
  readonly shown: readonly Shown[];
  readonly waived: Waived | undefined;
}

/** A table, and what is wrong with its form. */
export interface ThreatTable {
  readonly threats: readonly Threat[];
  readonly complaints: readonly string[];
}

const ROW = /^\|\s*(\d+)\s*\|(.*)\|\s*$/;
const TEST = /`([^`\s]+_test\.ts)`: "([^"]+)"/g;
const WAIVED = /^(later|n\/a): (\S.*)$/;

/** Every row of `page` whose first cell is a number. */
export function parseThreats(page: string): ThreatTable {
  const threats: Threat[] = [];
  const complaints: string[] = [];
  for (const line of page.split("\n")) {
    const [, number, rest] = ROW.exec(line) ?? [];
    if (number === undefined || rest === undefined) continue;
    const cells = rest.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const [title = "", outcome = "", code = "", last = ""] = cells;
    if (cells.length !== 4) {
      complaints.push(`#${number}: ${cells.length + 1} cells instead of 5`);
      continue;
    }
    const [, kind, why = ""] = WAIVED.exec(last) ?? [];
    const waived = kind === "later" || kind === "n/a" ? { kind, why } as const : undefined;
    const tests = waived === undefined ? [...last.matchAll(TEST)] : [];
    const shown = tests.map(([, file = "", name = ""]) => ({ file, name }));
    threats.push({ number: Number(number), title, outcome, code, shown, waived });
  }
  return { threats, complaints: [...complaints, ...numbering(threats), ...contents(threats)] };
}

function numbering(threats: readonly Threat[]): readonly string[] {
  const seen = new Map<number, number>();
  for (const { number } of threats) seen.set(number, (seen.get(number) ?? 0) + 1);
  const complaints: string[] = [];
  for (let number = 1; number <= CASES; number++) {
    const times = seen.get(number) ?? 0;
    if (times !== 1) complaints.push(`#${number}: ${times} rows instead of 1`);
    seen.delete(number);
  }
  return [...complaints, ...[...seen.keys()].map((number) => `#${number}: there is no such case`)];
}

function contents(threats: readonly Threat[]): readonly string[] {
  return threats.flatMap(({ number, title, outcome, shown, waived }) => {
    if (title === "" || outcome === "") return [`#${number}: says neither what nor what happens`];
    if (shown.length === 0 && waived === undefined) return [`#${number}: neither test nor reason`];
    return [];
  });
}

/** What is wrong between the table and the tests' text; `read` gives a file's text, or undefined. */
export function checkTests(
  threats: readonly Threat[],
  read: (file: string) => string | undefined,
): readonly string[] {
  return threats.flatMap(({ number, shown }) =>
    shown.flatMap(({ file, name }) => {
      const text = read(file);
      if (text === undefined) return [`#${number}: "${file}" is not there`];
      if (!carries(name, number)) return [`#${number}: the name "${name}" does not carry it`];
      if (!text.includes(name)) return [`#${number}: "${file}" has no word of "${name}"`];
      return [];
    })
  );
}

/** Whether a text names a case: `#7` is not in `#71`. */
export function carries(text: string, number: number): boolean {
  return new RegExp(`#${number}(?!\\d)`).test(text);
}

/** One test as it ended. */
export interface TestResult {
  readonly file: string;
  readonly name: string;
  readonly result: "passed" | "failed" | "skipped";
}

/** What is wrong between the table and the tests as they ended. */
export function checkResults(
  threats: readonly Threat[],
  results: readonly TestResult[],
): readonly string[] {
  return threats.flatMap(({ number, shown }) =>
    shown.flatMap(({ file, name }) => {
      const found = results.filter((test) =>
        test.name.includes(name) && test.file === file && carries(test.name, number)
      );
      if (found.length === 0) return [`#${number}: no test of "${file}" is named "${name}"`];
      if (found.every(({ result }) => result === "skipped")) {
        return [`#${number}: "${name}" of "${file}" was skipped`];
      }
      return found.filter(({ result }) => result === "failed")
        .map((test) => `#${number}: "${test.name}" of "${file}" failed`);
    })
  );
}

/** The cases that tests show, and the others by kind. */
export function tally(threats: readonly Threat[]): string {
  const covered = threats.filter(({ shown }) => shown.length > 0).length;
  const numbers = (kind: Waived["kind"]) =>
    threats.flatMap(({ number, waived }) => waived?.kind === kind ? [number] : []);
  return [
    `threats: ${covered} / ${CASES} covered`,
    ...(["later", "n/a"] as const).map((kind) => {
      const list = numbers(kind);
      return `${kind}: ${list.length}${list.length === 0 ? "" : ` (${list.join(", ")})`}`;
    }),
  ].join("\n");
}
