import type { ArgumentUsage, OptionUsage, Usage } from "./command.ts";
import { longName } from "./long_name.ts";

/** What was typed: positional arguments, and the texts of each flag, `true` for a switch. */
export interface TypedArguments {
  /** Positional arguments in order. */
  readonly args: readonly string[];
  /** By long name; `no-x` stands under its own. */
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads a command line that is plainly right: known flags, each with the value that it needs, and as many arguments
 * as there may be. Undefined for all else (help, mistakes, abbreviations, values that look like flags).
 */
export function plainArguments(
  typed: readonly string[],
  usage: Pick<Usage, "args" | "options">,
): TypedArguments | undefined {
  const known = new Map(usage.options.map((option) => [longName(option), option]));
  const args: string[] = [];
  const flags = new Map<string, readonly string[]>();
  for (let at = 0; at < typed.length; at++) {
    const text = typed[at] ?? "";
    if (text === "-" || !text.startsWith("-")) {
      args.push(text);
      continue;
    }
    const [, name = "", inline] = /^--([a-z][a-z-]*)(?:=(.+))?$/s.exec(text) ?? [];
    const option = known.get(name);
    if (option === undefined) return undefined;
    let value = "true";
    if (takesValue(option)) {
      const given = inline ?? typed[++at];
      if (given === undefined || (inline === undefined && looksLikeFlag(given))) return undefined;
      value = given;
    } else if (inline !== undefined) {
      return undefined;
    }
    const before = option.many === true ? flags.get(name) ?? [] : [];
    flags.set(name, [...before, value]);
  }
  return fits(args.length, usage.args) ? { args, flags } : undefined;
}

function takesValue({ flags }: OptionUsage): boolean {
  return flags.endsWith(">");
}

function looksLikeFlag(text: string): boolean {
  return text.length > 1 && text.startsWith("-");
}

function fits(count: number, forms: readonly ArgumentUsage[]): boolean {
  const least = forms.filter(({ form }) => form.startsWith("<")).length;
  const most = forms.some(({ form }) => form.includes("...")) ? Infinity : forms.length;
  return count >= least && count <= most;
}
