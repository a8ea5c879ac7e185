import {
  anything,
  duration,
  type Field,
  flag,
  integer,
  mapping,
  oneOf,
  table,
  text,
  texts,
} from "./field.ts";

/** The kinds of properties that a watcher may have: what {@linkcode fields} makes. */
export interface Fields {
  /** A string; numbers and booleans become their text. */
  text(): Field<string | undefined>;
  /** One of a closed set of strings. */
  oneOf<const T extends string>(...words: readonly T[]): Field<T | undefined>;
  /** A boolean, also as text or number. */
  flag(): Field<boolean | undefined>;
  /** A whole number, also as text. */
  integer(): Field<number | undefined>;
  /** A duration such as `90s` or `1h30m`; reads as milliseconds. */
  duration(): Field<number | undefined>;
  /** A list of strings; a single value is a list of one. */
  texts(): Field<readonly string[] | undefined>;
  /** A mapping of strings to strings. */
  table(): Field<Readonly<Record<string, string>> | undefined>;
  /** A mapping with whatever in it. */
  mapping(): Field<Readonly<Record<string, unknown>> | undefined>;
  /** Anything at all, as the manifest has it. */
  anything(): Field<unknown>;
}

/**
 * Makes the fields that `readProperties` reads, as the built-in watcher types do.
 *
 * @example
 * ```ts
 * import { fields, readProperties } from "@machinist/machinist";
 *
 * const schema = { url: fields.text().required(), timeout: fields.duration().default(10_000) };
 * const { url, timeout } = readProperties({ URL: "http://localhost/", timeout: "2s" }, schema);
 * if (url !== "http://localhost/" || timeout !== 2_000) throw new Error("unexpected");
 * ```
 */
export const fields: Fields = {
  text,
  oneOf,
  flag,
  integer,
  duration,
  texts,
  table,
  mapping,
  anything,
};
