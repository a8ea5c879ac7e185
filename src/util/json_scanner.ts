/** Why a strict read failed. */
export type StrictJsonErrorCode =
  | "syntax"
  | "utf8"
  | "too_large"
  | "depth"
  | "duplicate_key"
  | "number"
  | "text"
  | "limit";

/** Options of {@linkcode JsonScanner}: those of `parseStrictJson`, and what to do about a fault. */
export interface JsonScannerOptions {
  /** Objects and arrays inside one another. */
  readonly maxDepth: number;
  /** Bytes of one string. */
  readonly maxStringBytes: number;
  /** Which numbers are refused. */
  readonly numbers: "safe" | "finite";
  /** Throws. `path` is where in the document. */
  readonly fail: (code: StrictJsonErrorCode, path: string, why: string) => never;
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** One strict pass over a text of JSON. */
export class JsonScanner {
  readonly #text: string;
  readonly #options: JsonScannerOptions;
  readonly #path: (string | number)[] = [];
  #at = 0;
  #depth = 0;

  /** Does no work before {@linkcode JsonScanner.document}. */
  constructor(text: string, options: JsonScannerOptions) {
    this.#text = text;
    this.#options = options;
  }

  /** The one value of the text. */
  document(): unknown {
    const value = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) this.#syntax();
    return value;
  }

  #value(): unknown {
    this.#blank();
    const char = this.#text[this.#at];
    switch (char) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
        return this.#word("true", true);
      case "f":
        return this.#word("false", false);
      case "n":
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #nested<T>(read: () => T): T {
    if (this.#depth === this.#options.maxDepth) {
      this.#fail("depth", `more than ${this.#options.maxDepth} levels deep`);
    }
    this.#depth += 1;
    this.#at += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  #object(): unknown {
    const object: Record<string, unknown> = Object.create(null);
    this.#blank();
    if (this.#text[this.#at] === "}") {
      this.#at += 1;
      return object;
    }
    while (true) {
      this.#blank();
      if (this.#text[this.#at] !== '"') this.#syntax();
      const key = this.#string();
      this.#path.push(key);
      if (key in object) this.#fail("duplicate_key", "given twice");
      this.#blank();
      if (this.#text[this.#at] !== ":") this.#syntax();
      this.#at += 1;
      object[key] = this.#value();
      this.#path.pop();
      if (this.#last("}")) return object;
    }
  }

  #array(): unknown {
    const array: unknown[] = [];
    this.#blank();
    if (this.#text[this.#at] === "]") {
      this.#at += 1;
      return array;
    }
    while (true) {
      this.#path.push(array.length);
      array.push(this.#value());
      this.#path.pop();
      if (this.#last("]")) return array;
    }
  }

  /** Reads `,` (false) or the closing character (true). */
  #last(close: string): boolean {
    this.#blank();
    const char = this.#text[this.#at];
    if (char !== "," && char !== close) this.#syntax();
    this.#at += 1;
    return char === close;
  }

  #string(): string {
    const text = this.#text;
    const start = this.#at + 1;
    let at = start;
    let built: string | undefined;
    let from = start;
    while (true) {
      const code = text.charCodeAt(at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        built = (built ?? "") + text.slice(from, at);
        const [char, next] = this.#escape(at + 1);
        built += char;
        at = from = next;
      } else if (code >= 0x20) {
        at += 1;
      } else {
        // NaN at the end of the text, or a raw control character.
        this.#at = at;
        this.#syntax();
      }
    }
    this.#at = at + 1;
    const value = built === undefined ? text.slice(start, at) : built + text.slice(from, at);
    this.#checkText(value);
    return value;
  }

  #checkText(value: string): void {
    const limit = this.#options.maxStringBytes;
    if (
      value.length > limit ||
      (value.length * 3 > limit && new TextEncoder().encode(value).length > limit)
    ) {
      this.#fail("limit", `a string of more than ${limit} bytes`);
    }
    if (LONE_SURROGATE.test(value)) this.#fail("text", "a string with a lone surrogate");
  }

  #escape(at: number): [string, number] {
    const char = this.#text[at];
    if (char === "u") {
      const hex = this.#text.slice(at + 1, at + 5);
      if (/^[0-9a-fA-F]{4}$/.test(hex)) return [String.fromCharCode(parseInt(hex, 16)), at + 5];
    } else if (char !== undefined && Object.hasOwn(ESCAPES, char)) {
      return [ESCAPES[char] ?? "", at + 1];
    }
    this.#at = at;
    return this.#syntax();
  }

  #word<T>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) this.#syntax();
    this.#at += word.length;
    return value;
  }

  #number(): number {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) return this.#syntax();
    this.#at += match[0].length;
    const value = Number(match[0]);
    if (!Number.isFinite(value)) this.#fail("number", "a number too large");
    if (this.#options.numbers === "safe") {
      if (Object.is(value, -0)) this.#fail("number", "negative zero");
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        this.#fail("number", "an integer beyond 2^53");
      }
    }
    return value;
  }

  #blank(): void {
    while (true) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at += 1;
    }
  }

  #syntax(): never {
    const what = this.#at >= this.#text.length
      ? "it ends too early"
      : `an unexpected character at offset ${this.#at}`;
    return this.#fail("syntax", what);
  }

  #fail(code: StrictJsonErrorCode, why: string): never {
    let path = "";
    for (const part of this.#path) {
      if (typeof part === "number") path += `[${part}]`;
      else path += `${path === "" ? "" : "."}${part.slice(0, 64).replace(/[^\w.-]/g, "?")}`;
    }
    return this.#options.fail(code, path.slice(0, 200), why);
  }
}
