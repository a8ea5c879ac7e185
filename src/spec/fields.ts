import { SpecError, type SpecErrorCode } from "./spec_error.ts";

/** Options of {@linkcode Fields}. */
export interface FieldsOptions {
  /** Position of the entry in the list. */
  readonly index: number;
  /** What stands before the names of fields in messages: `x.` or nothing. */
  readonly prefix?: string;
}

/** An object of the payload, read field by field; every fault is a SpecError that names index and field. */
export class Fields {
  readonly #object: object;
  readonly #index: number;
  readonly #prefix: string;

  /** `object` is one that the strict reader made. */
  constructor(object: object, { index, prefix = "" }: FieldsOptions) {
    this.#object = object;
    this.#index = index;
    this.#prefix = prefix;
  }

  /** The value of a field; null counts as absent, as the reference reads it. */
  get(field: string): unknown {
    const value: unknown = Object.getOwnPropertyDescriptor(this.#object, field)?.value;
    return value === null ? undefined : value;
  }

  /** A text; undefined when absent. */
  text(field: string): string | undefined {
    const value = this.get(field);
    if (value === undefined) return undefined;
    if (typeof value !== "string") {
      throw this.fault(field, { code: "field_type", is: "not a string" });
    }
    if (value.includes("\0")) throw this.fault(field, { code: "text", is: "a text with a NUL" });
    return value;
  }

  /** A text that must be there and not be empty. */
  required(field: string): string {
    const value = this.text(field);
    if (value === undefined || value === "") {
      throw this.fault(field, { code: "field_missing", is: "missing" });
    }
    return value;
  }

  /** A whole number from `min` to `max`; undefined when absent. */
  integer(
    field: string,
    { min, max }: { readonly min: number; readonly max: number },
  ): number | undefined {
    const value = this.get(field);
    if (value === undefined) return undefined;
    if (typeof value !== "number" || !Number.isSafeInteger(value)) {
      throw this.fault(field, { code: "number", is: "not a whole number" });
    }
    if (value < min || value > max) {
      throw this.fault(field, { code: "number", is: `not between ${min} and ${max}` });
    }
    return value;
  }

  /** A list of at most `max` texts; undefined when absent. */
  texts(field: string, { max }: { readonly max: number }): readonly string[] | undefined {
    const value = this.get(field);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.fault(field, { code: "field_type", is: "not a list" });
    if (value.length > max) {
      throw this.fault(field, { code: "limit", is: `a list of more than ${max}` });
    }
    return value.map((item: unknown) => {
      if (typeof item !== "string") {
        throw this.fault(field, { code: "field_type", is: "not a list of strings" });
      }
      if (item.includes("\0")) throw this.fault(field, { code: "text", is: "a text with a NUL" });
      return item;
    });
  }

  /** An object, as fields of its own; undefined when absent. */
  object(field: string): object | undefined {
    const value = this.get(field);
    if (value === undefined) return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw this.fault(field, { code: "field_type", is: "not an object" });
    }
    return value;
  }

  /** The error for a field. Never holds its value. */
  fault(field: string, { code, is, hint }: FaultOptions): SpecError {
    const name = `${this.#prefix}${field}`;
    return new SpecError(`Cannot read entry ${this.#index}: field "${name}" is ${is}`, {
      code,
      hint,
      index: this.#index,
      field: name,
    });
  }
}

/** Options of {@linkcode Fields.fault}. */
export interface FaultOptions {
  /** Closed set. */
  readonly code: SpecErrorCode;
  /** What the field is instead of what it should be. */
  readonly is: string;
  /** What to do about it. */
  readonly hint?: string;
}
