import { goPrint } from "../util/go_print.ts";
import { TemplateError, type TemplateErrorCode } from "./template_error.ts";
import { TEMPLATE_FUNCTIONS } from "./template_functions.ts";
import { TemplateScanner, type TemplateToken } from "./template_scanner.ts";

/** What a template may look up. */
export interface TemplateScope {
  /** The node's facts. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The machine's data. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** UTF-16 units of a template, and of what it may become. */
export const MAX_TEMPLATE = 1024 * 1024;

/** How deep parentheses may nest. */
const MAX_DEPTH = 64;

/** Words of Go's templates that this subset leaves out. */
const KEYWORDS: ReadonlySet<string> = new Set(
  "if else end range with define block template break continue nil".split(" "),
);

/**
 * Expands the part of Go's templates that machines use: `{{ lookup "facts.os" "linux" | ToUpper }}` with
 * values, pipes, parentheses, comments and trim markers. Text without `{{` is returned as it is.
 *
 * @throws {TemplateError} a SyntaxError, also for functions that refuse their arguments and for limits.
 *
 * @example
 * ```ts
 * import { expandTemplate } from "./template.ts";
 *
 * const scope = { facts: { os: "linux" }, data: { port: 8080 } };
 * const text = expandTemplate('{{ lookup "facts.os" "" | ToUpper }}:{{ lookup "data.port" 80 }}', scope);
 * if (text !== "LINUX:8080") throw new Error(text);
 * ```
 */
export function expandTemplate(text: string, scope: TemplateScope): string {
  if (!text.includes("{{")) return text;
  return new Expansion(text, { facts: scope.facts, data: scope.data }).run();
}

class Expansion {
  readonly #text: string;
  readonly #scope: TemplateScope;
  #scanner: TemplateScanner;
  #depth = 0;

  constructor(text: string, scope: TemplateScope) {
    this.#text = text;
    this.#scope = scope;
    this.#scanner = new TemplateScanner(text, 0);
  }

  run(): string {
    const text = this.#text;
    if (text.length > MAX_TEMPLATE) this.#limit(`More than ${MAX_TEMPLATE} characters`, 0);
    const output: string[] = [];
    let size = 0;
    const put = (part: string, at: number) => {
      size += part.length;
      if (size > MAX_TEMPLATE) this.#limit(`More than ${MAX_TEMPLATE} characters of output`, at);
      output.push(part);
    };
    let from = 0;
    let trim = false;
    for (let at = text.indexOf("{{"); at >= 0; at = text.indexOf("{{", from)) {
      const [marker] = /-(?=[ \t\r\n])|/y.exec(text.slice(at + 2, at + 4)) ?? [""];
      const before = trim ? text.slice(from, at).replace(/^[ \t\r\n]+/, "") : text.slice(from, at);
      put(marker === "" ? before : trimEnd(before), at);
      const action = this.#action(at, at + 2 + marker.length);
      put(action.output, at);
      ({ end: from, trim } = action);
    }
    const rest = text.slice(from);
    put(trim ? rest.replace(/^[ \t\r\n]+/, "") : rest, from);
    return output.join("");
  }

  #action(at: number, inside: number): { output: string; end: number; trim: boolean } {
    const comment = this.#comment(at, inside);
    if (comment !== undefined) return comment;
    this.#scanner = new TemplateScanner(this.#text, inside);
    const { value, last } = this.#pipeline(at);
    if (last.kind !== "end") return this.#fail(`Unexpected "${last.kind}"`, last.at);
    return { output: this.#print(value, at), end: this.#scanner.index, trim: last.trim };
  }

  #comment(at: number, inside: number) {
    const start = /[ \t\r\n]*\/\*/y;
    start.lastIndex = inside;
    const opening = start.exec(this.#text);
    // Without a trim marker a comment follows its brace at once.
    if (opening === null || (inside === at + 2 && opening[0] !== "/*")) return undefined;
    const close = this.#text.indexOf("*/", inside + opening[0].length);
    const end = /\*\/(?:[ \t\r\n]+-)?\}\}/y;
    end.lastIndex = close;
    const closing = close < 0 ? null : end.exec(this.#text);
    if (closing === null) return this.#fail("The comment has no end", at);
    const trim = closing[0].endsWith("-}}");
    return { output: "", end: close + closing[0].length, trim };
  }

  /** Commands joined by pipes, up to the token behind them. */
  #pipeline(at: number): { value: unknown; last: TemplateToken } {
    if (++this.#depth > MAX_DEPTH) this.#limit(`Nested deeper than ${MAX_DEPTH} levels`, at);
    let piped: readonly unknown[] = [];
    for (;;) {
      const { value, last } = this.#command(piped, at);
      if (last.kind !== "|") {
        this.#depth--;
        return { value, last };
      }
      piped = [value];
    }
  }

  /** A function with its arguments, or a value on its own. */
  #command(piped: readonly unknown[], at: number): { value: unknown; last: TemplateToken } {
    const first = this.#scanner.next();
    if (first.kind === "name") return this.#call(first, piped);
    if (first.kind !== "value" && first.kind !== "(") {
      return this.#fail("A value is missing", first.kind === "end" ? at : first.at);
    }
    const value = this.#operand(first);
    const last = this.#scanner.next();
    if (piped.length > 0) this.#fail("A value cannot take what is piped into it", first.at);
    if (last.kind === "value" || last.kind === "name" || last.kind === "(") {
      this.#fail("A value cannot take arguments", last.at);
    }
    return { value, last };
  }

  #call(
    { name, at }: { readonly name: string; readonly at: number },
    piped: readonly unknown[],
  ): { value: unknown; last: TemplateToken } {
    if (KEYWORDS.has(name)) this.#unsupported(`"${name}" is not supported`, at);
    const known = TEMPLATE_FUNCTIONS.get(name);
    if (known === undefined) {
      const names = [...TEMPLATE_FUNCTIONS.keys()].join(", ");
      return this.#unsupported(`Function "${name}" is unknown, known are ${names}`, at);
    }
    const parameters: unknown[] = [];
    let last = this.#scanner.next();
    for (; last.kind === "value" || last.kind === "("; last = this.#scanner.next()) {
      parameters.push(this.#operand(last));
    }
    if (last.kind === "name") {
      this.#fail(`"${last.name}" as an argument needs parentheses`, last.at);
    }
    parameters.push(...piped);
    if (parameters.length !== known.arity) {
      this.#fail(`Function "${name}" takes ${known.arity}, not ${parameters.length} arguments`, at);
    }
    return { value: this.#apply(name, () => known.call(parameters, this.#scope), at), last };
  }

  #apply(name: string, work: () => unknown, offset: number): unknown {
    let value: unknown;
    try {
      value = work();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const what = `Function "${name}" fails: ${why.charAt(0).toLowerCase()}${why.slice(1)}`;
      throw new TemplateError(what, { code: "template_value", text: this.#text, offset, cause });
    }
    if (typeof value === "string" && value.length > MAX_TEMPLATE) {
      this.#limit(`More than ${MAX_TEMPLATE} characters in a value`, offset);
    }
    return value;
  }

  #operand(token: TemplateToken): unknown {
    if (token.kind === "value") return token.value;
    const { value, last } = this.#pipeline(token.at);
    if (last.kind !== ")") this.#fail('A ")" is missing', last.at);
    return value;
  }

  #print(value: unknown, offset: number): string {
    return String(this.#apply("print", () => goPrint(value), offset));
  }

  #fail(what: string, offset: number, code: TemplateErrorCode = "template_syntax"): never {
    throw new TemplateError(what, { code, text: this.#text, offset });
  }

  #unsupported(what: string, offset: number): never {
    return this.#fail(what, offset, "template_unsupported");
  }

  #limit(what: string, offset: number): never {
    return this.#fail(what, offset, "template_limit");
  }
}

/** Without a regular expression: `/\s+$/` is quadratic. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && " \t\r\n".includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
