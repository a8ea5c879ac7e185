import { parseGoDuration } from "../util/duration.ts";

/**
 * How one property of a watcher is read: weakly, as the reference's decoder does it. A property that is
 * absent or `null` reads as the default, which is undefined unless one was given.
 *
 * @typeParam T What the property reads as.
 */
export class Field<T> {
  /** Other names under which the property is taken. */
  readonly aliases: readonly string[];
  /** Whether a manifest without the property is refused. */
  readonly isRequired: boolean;
  readonly #convert: (value: unknown) => unknown;
  readonly #fallback: T;

  /** @internal Made by `text`, `flag` and their like. */
  constructor(convert: (value: unknown) => unknown, fallback: T, options: FieldOptions = {}) {
    this.#convert = convert;
    this.#fallback = fallback;
    this.aliases = options.aliases ?? [];
    this.isRequired = options.required ?? false;
  }

  /** The same, but a manifest without it, or with an empty one, is refused with `<name> is required`. */
  required(): Field<NonNullable<T>> {
    // The fallback is never handed out: reading throws first.
    return new Field(this.#convert, this.#fallback as NonNullable<T>, {
      aliases: this.aliases,
      required: true,
    });
  }

  /** The same, with a value for manifests that do not give it. */
  default(value: NonNullable<T>): Field<NonNullable<T>> {
    return new Field(this.#convert, value, { aliases: this.aliases });
  }

  /** The same, taken under other names as well. */
  alias(...names: readonly string[]): Field<T> {
    return new Field(this.#convert, this.#fallback, {
      aliases: [...this.aliases, ...names],
      required: this.isRequired,
    });
  }

  /** The same, refused (RangeError) when `why` names a reason. */
  check(why: (value: NonNullable<T>) => string | undefined): Field<T> {
    const convert = (value: unknown): unknown => {
      const read = this.#convert(value);
      const reason = why(read as NonNullable<T>);
      if (reason !== undefined) throw new RangeError(reason);
      return read;
    };
    return new Field(convert, this.#fallback, {
      aliases: this.aliases,
      required: this.isRequired,
    });
  }

  /** Reads one value. Throws TypeError or RangeError whose message is the bare reason. */
  read(value: unknown): T {
    if (value === undefined || value === null) {
      if (this.isRequired) throw new TypeError("it is required");
      return this.#fallback;
    }
    const read = this.#convert(value) as T;
    if (this.isRequired && read === "") throw new TypeError("it is required");
    return read;
  }
}

/** Options of {@linkcode Field}. */
export interface FieldOptions {
  /**
   * Other names under which the property is taken.
   * @default {[]}
   */
  readonly aliases?: readonly string[];
  /**
   * Whether a manifest without the property is refused.
   * @default {false}
   */
  readonly required?: boolean;
}

/** A string; numbers and booleans become their text (`true` reads as `1`, as in the reference). */
export function text(): Field<string | undefined> {
  return new Field<string | undefined>(toText, undefined);
}

/** One of a closed set of strings. */
export function oneOf<const T extends string>(...words: readonly T[]): Field<T | undefined> {
  const convert = (value: unknown): T => {
    const read = toText(value);
    const found = words.find((word) => word === read);
    if (found === undefined) {
      throw new RangeError(`it is "${read}", not one of ${words.map((w) => `"${w}"`).join(", ")}`);
    }
    return found;
  };
  return new Field<T | undefined>(convert, undefined);
}

/** A boolean; `1 t T TRUE true True` and `0 f F FALSE false False` and numbers are taken, `yes` is not. */
export function flag(): Field<boolean | undefined> {
  return new Field<boolean | undefined>(toFlag, undefined);
}

/** A whole number; its text is taken too. */
export function integer(): Field<number | undefined> {
  return new Field<number | undefined>(toInteger, undefined);
}

/** A Go duration (`90s`, `1h30m`) or a whole number of nanoseconds; reads as milliseconds. */
export function duration(): Field<number | undefined> {
  return new Field<number | undefined>(toMilliseconds, undefined);
}

/** A list of strings; a single value is a list of one. */
export function texts(): Field<readonly string[] | undefined> {
  return new Field<readonly string[] | undefined>(toTexts, undefined);
}

/** A mapping of strings to strings. */
export function table(): Field<Readonly<Record<string, string>> | undefined> {
  const convert = (value: unknown): Record<string, string> =>
    Object.fromEntries(Object.entries(toMapping(value)).map(([key, item]) => [key, toText(item)]));
  return new Field<Readonly<Record<string, string>> | undefined>(convert, undefined);
}

/** A mapping with whatever in it. */
export function mapping(): Field<Readonly<Record<string, unknown>> | undefined> {
  return new Field<Readonly<Record<string, unknown>> | undefined>(toMapping, undefined);
}

/** Anything at all, as the manifest has it. */
export function anything(): Field<unknown> {
  return new Field<unknown>((value) => value, undefined);
}

function toText(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return String(value);
  throw new TypeError(`it is ${kindOf(value)}, not text`);
}

function toFlag(value: unknown): boolean {
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  if (typeof value !== "string") throw new TypeError(`it is ${kindOf(value)}, not a boolean`);
  if (value === "" || /^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  throw new TypeError(`it is "${value}", not a boolean`);
}

function toInteger(value: unknown): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  const number = typeof value === "string" && /^[+-]?[0-9]+$/.test(value) ? Number(value) : value;
  if (number === "") return 0;
  if (typeof number !== "number") throw new TypeError(`it is ${kindOf(value)}, not a whole number`);
  const whole = Math.trunc(number);
  if (!Number.isSafeInteger(whole)) throw new RangeError("it is too large");
  return whole;
}

function toMilliseconds(value: unknown): number {
  if (typeof value === "number") return value / 1_000_000;
  if (typeof value !== "string") throw new TypeError(`it is ${kindOf(value)}, not a duration`);
  try {
    return parseGoDuration(value);
  } catch (cause) {
    throw new TypeError(`it is "${value}", not a duration such as "90s" or "1h30m"`, { cause });
  }
}

function toTexts(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.map(toText);
  // An empty mapping is an empty list to the reference's decoder.
  if (typeof value === "object" && value !== null && Object.keys(value).length === 0) return [];
  return [toText(value)];
}

function toMapping(value: unknown): Record<string, unknown> {
  if (Array.isArray(value)) {
    // A list of mappings is merged, as the reference's decoder does it.
    const entries = value.flatMap((item) => Object.entries(toMapping(item)));
    return Object.fromEntries(entries);
  }
  if (typeof value === "object" && value !== null) return { ...value };
  throw new TypeError(`it is ${kindOf(value)}, not a mapping`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  if (typeof value === "string") return "text";
  return `a ${typeof value}`;
}
