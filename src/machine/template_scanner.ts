import { readString } from "../util/string_literal.ts";
import { TemplateError, type TemplateErrorCode } from "./template_error.ts";

/** One token inside `{{` and `}}`. */
export type TemplateToken =
  | {
    readonly kind: "value";
    readonly value: string | number | bigint | boolean;
    readonly at: number;
  }
  | { readonly kind: "name"; readonly name: string; readonly at: number }
  | { readonly kind: "|" | "(" | ")"; readonly at: number }
  | { readonly kind: "end"; readonly trim: boolean; readonly at: number };

/** What this subset of Go's templates leaves out, by its first characters. */
const UNSUPPORTED: readonly (readonly [RegExp, string])[] = [
  [/\./y, "fields"],
  [/\$/y, "variables"],
  [/:?=/y, "assignments"],
  [/,/y, "lists of variables"],
  [/'/y, "character constants"],
];

const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/y;

/** Reads the inside of the actions of one template, token by token. */
export class TemplateScanner {
  readonly #text: string;
  #index: number;

  constructor(text: string, index: number) {
    this.#text = text;
    this.#index = index;
  }

  /** Offset behind the last token. */
  get index(): number {
    return this.#index;
  }

  /** The next token; moves behind it. */
  next(): TemplateToken {
    const blank = this.#take(/[ \t\r\n]*/y) !== "";
    const at = this.#index;
    if (blank && this.#take(/-\}\}/y) !== "") return { kind: "end", trim: true, at };
    if (this.#take(/\}\}/y) !== "") return { kind: "end", trim: false, at };
    const first = this.#text.charAt(at);
    if (first === "") return this.#fail("The action has no end", at);
    if (first === "|" || first === "(" || first === ")") {
      this.#index++;
      return { kind: first, at };
    }
    if (first === '"' || first === "`") return this.#string(at);
    const number = this.#take(NUMBER);
    if (number !== "") return this.#number(number, at);
    const name = this.#take(/[\p{L}_][\p{L}\p{Nd}_]*/uy);
    if (name !== "") return this.#name(name, at);
    for (const [start, what] of UNSUPPORTED) {
      if (this.#take(start) !== "") {
        return this.#fail(`${what} are not supported`, at, "template_unsupported");
      }
    }
    return this.#fail(`Unexpected ${JSON.stringify(first)}`, at);
  }

  #name(name: string, at: number): TemplateToken {
    this.#close(at);
    if (name === "true" || name === "false") return { kind: "value", value: name === "true", at };
    return { kind: "name", name, at };
  }

  #string(at: number): TemplateToken {
    const found = readString(this.#text, at);
    if (!found.ok) return this.#fail(found.why, found.at);
    this.#index = found.end;
    this.#close(at);
    return { kind: "value", value: found.value, at };
  }

  #number(number: string, at: number): TemplateToken {
    this.#close(at);
    if (/[.eE]/.test(number) && !/^[+-]?0[xX]/.test(number)) {
      return { kind: "value", value: Number(number), at };
    }
    const digits = number.replace(/^[+-]/, "").replace(/^0(?=[0-7])/, "0o");
    const value = BigInt(digits);
    return { kind: "value", value: number.startsWith("-") ? -value : value, at };
  }

  /** Operands end at a blank, a parenthesis, a pipe or the end of the action. */
  #close(at: number): void {
    if (/[ \t\r\n|()}]|$/y.test(this.#text.charAt(this.#index))) return;
    const code = this.#text.charAt(this.#index) === "."
      ? "template_unsupported"
      : "template_syntax";
    this.#fail("A blank is missing behind the operand", at, code);
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#index;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#index += found.length;
    return found;
  }

  #fail(what: string, offset: number, code: TemplateErrorCode = "template_syntax"): never {
    throw new TemplateError(what, { code, text: this.#text, offset });
  }
}
