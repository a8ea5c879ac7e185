import type { Log } from "../ports/log.ts";
import type { Field } from "./field.ts";
import type { Data } from "./watcher.ts";

/** The fields of a watcher's properties, by their name in manifests. */
export type PropertySchema = { readonly [name: string]: Field<unknown> };

/** What a schema reads as: one value for each field. */
export type Properties<S extends PropertySchema> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T : never;
};

/** Options of {@linkcode readProperties}. */
export interface ReadPropertiesOptions {
  /** Where properties that no field reads are warned of. */
  readonly log?: Log;
}

/**
 * Reads a watcher's properties weakly, as the reference does: names match whatever their case, texts are
 * taken for numbers and booleans, a single value for a list. Throws TypeError or RangeError naming the
 * property. What no field reads is ignored with a warning.
 *
 * @example
 * ```ts
 * import { flag, text } from "./field.ts";
 * import { readProperties } from "./properties.ts";
 *
 * const { bucket, bucket_prefix } = readProperties({ Bucket: "B", bucket_prefix: "f" }, {
 *   bucket: text().required(),
 *   bucket_prefix: flag().default(true),
 * });
 * if (bucket !== "B" || bucket_prefix) throw new Error("unexpected");
 * ```
 */
export function readProperties<S extends PropertySchema>(
  properties: Data,
  schema: S,
  options: ReadPropertiesOptions = {},
): Properties<S> {
  const values: [string, unknown][] = [];
  const taken = new Set<string>();
  for (const [name, field] of Object.entries(schema)) {
    const key = [name, ...field.aliases]
      .map((wanted) => findKey(properties, wanted))
      .find((found) => found !== undefined);
    if (key !== undefined) taken.add(key);
    values.push([name, readField(name, field, key === undefined ? undefined : properties[key])]);
  }
  for (const key of Object.keys(properties)) {
    if (taken.has(key)) continue;
    options.log?.warn("A property is not known and ignored", { property: key });
  }
  // The keys are those of the schema, each read by its own field.
  return Object.fromEntries(values) as Properties<S>;
}

function findKey(properties: Data, wanted: string): string | undefined {
  if (Object.hasOwn(properties, wanted)) return wanted;
  const folded = wanted.toLowerCase();
  return Object.keys(properties).find((key) => key.toLowerCase() === folded);
}

function readField(name: string, field: Field<unknown>, value: unknown): unknown {
  try {
    return field.read(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const message = reason === "it is required"
      ? `Cannot read property "${name}": ${name} is required`
      : `Cannot read property "${name}": ${reason}`;
    throw error instanceof RangeError
      ? new RangeError(message, { cause: error })
      : new TypeError(message, { cause: error });
  }
}
