import { type Complaint, lint, type LintReport } from "../spec/lint.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";

/** Looks at a list with the nodes' own code, match expressions included. */
export async function lintList(payload: Uint8Array): Promise<LintReport> {
  const { compileMatch } = await import("../match/match.ts");
  const report = lint(payload, { compileMatch });
  const patterns: Complaint[] = [];
  for (const { name, match } of report.machines) {
    try {
      await compileMatch(match).prepare();
    } catch (error) {
      const message = `Cannot match machine "${name}": ${
        error instanceof Error ? error.message : String(error)
      }`;
      // What does not even parse has been complained of already.
      if (report.complaints.some((complaint) => complaint.message === message)) continue;
      patterns.push({ code: "match_error", message, field: "match" });
    }
  }
  return { ...report, complaints: [...report.complaints, ...patterns] };
}

/** Options of {@linkcode refuseFlaws}. */
export interface RefuseOptions {
  /** The file, for messages. */
  readonly file: string;
  /** Where all but the last line goes. */
  readonly io: Terminal;
  /** The time that an expiry is held against, milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Ends the command when nodes would refuse the list: every complaint on a line of its own, then one line for
 * all.
 */
export async function refuseFlaws(
  payload: Uint8Array,
  { file, io, now }: RefuseOptions,
): Promise<void> {
  const { complaints, meta } = await lintList(payload);
  const [first] = complaints;
  if (first === undefined) {
    if (meta?.expires === undefined || meta.expires > now) return;
    throw new CommandError(
      `Cannot pack list "${file}": it expired at ${new Date(meta.expires).toISOString()}`,
      { code: "expired", exit: EXIT.failed, hint: "--expires 60d gives it two more months" },
    );
  }
  if (complaints.length > 1) {
    for (const { message, code } of complaints) io.note(`${file}: ${message} [${code}]\n`);
  }
  const why = complaints.length > 1
    ? `nodes would refuse it for ${complaints.length} reasons`
    : first.message;
  throw new CommandError(`Cannot pack list "${file}": ${why}`, {
    code: first.code,
    exit: EXIT.failed,
    hint: first.hint ?? "--no-lint packs it all the same",
  });
}
