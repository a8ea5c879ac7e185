import { CommandError } from "./command_error.ts";
import { EXIT, type ExitCode } from "./exit_code.ts";

/** A failed command as people and programs are told about it. */
export interface Failure {
  /** Exit code of the process. */
  readonly exit: ExitCode;
  /** Stable machine-readable reason. */
  readonly code: string;
  /** One line. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** What an error's name and code mean for the shell; the first row that fits wins. */
const ROWS: readonly {
  readonly name: string;
  readonly codes?: readonly string[];
  readonly exit: ExitCode;
}[] = [
  { name: "KvError", codes: ["unreachable"], exit: EXIT.unreachable },
  { name: "KvError", codes: ["denied", "permission"], exit: EXIT.denied },
  { name: "KvError", codes: ["conflict"], exit: EXIT.conflict },
  { name: "ProcessError", codes: ["permission"], exit: EXIT.denied },
  { name: "FsError", codes: ["permission"], exit: EXIT.denied },
  { name: "NotCapable", exit: EXIT.denied },
  { name: "AgentError", codes: ["locked"], exit: EXIT.locked },
  { name: "AgentError", exit: EXIT.configuration },
];

/**
 * Reads any error. By name and code, not by class: the classes live in modules that a command may never
 * have loaded.
 */
export function describeFailure(error: unknown): Failure {
  if (error instanceof CommandError) {
    return {
      exit: error.exit,
      code: error.code,
      message: oneLine(error.message),
      ...(error.hint === undefined ? {} : { hint: oneLine(error.hint) }),
    };
  }
  if (!(error instanceof Error)) {
    return { exit: EXIT.failed, code: "failed", message: oneLine(String(error)) };
  }
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const hint = "hint" in error && typeof error.hint === "string"
    ? error.hint
    : permissionHint(error);
  const row = ROWS.find(({ name, codes }) =>
    name === error.name && (codes === undefined || (code !== undefined && codes.includes(code)))
  );
  return {
    exit: row?.exit ?? EXIT.failed,
    code: code ?? (row?.exit === EXIT.denied ? "permission" : "failed"),
    message: oneLine(error.message === "" ? error.name : error.message),
    ...(hint === undefined ? {} : { hint: oneLine(hint) }),
  };
}

/** Deno says which permission was missing; the deepest cause that says so is passed on. */
function permissionHint(error: Error): string | undefined {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const found = /access to (.*), run again with the (--allow-[a-z]+) flag/.exec(cause.message);
    if (found !== null) {
      const what = (found[1] ?? "").replaceAll('"', "");
      return `Deno needs ${found[2]}${what.includes(" ") ? "" : `=${what}`}`;
    }
  }
  return undefined;
}

/** The line, or two, that people see. */
export function failureText({ code, message, hint }: Failure): string {
  const line = `machinist: ${message} [${code}]\n`;
  return hint === undefined ? line : `${line}hint: ${hint}\n`;
}

/** The document that programs see. */
export function failureJson({ code, message, hint }: Failure): string {
  return `${JSON.stringify({ error: { code, message, hint } })}\n`;
}

/** Control characters would break the promise of one line, or play with the terminal. */
function oneLine(text: string): string {
  // deno-lint-ignore no-control-regex -- control characters are what is replaced
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
}
