import { ManifestError } from "./manifest_error.ts";
import type { YamlNode } from "./yaml_tree.ts";

/** Options of {@linkcode ManifestReader}. */
export interface ManifestReaderOptions {
  /** File that errors name. */
  readonly file: string;
  /** Place of the mapping in the manifest, for example `watchers[1]`. */
  readonly path: string;
}

/** Reads the keys of one mapping of a manifest, coercing scalars as the reference does. */
export class ManifestReader {
  readonly #entries: ReadonlyMap<string, YamlNode>;
  readonly #line: number;
  readonly #file: string;
  readonly #path: string;
  readonly #warnings: string[] = [];
  readonly #taken = new Set<string>();

  /** Throws ManifestError when `node` is not a mapping. `null` is an empty one. */
  constructor(node: YamlNode, options: ManifestReaderOptions) {
    this.#file = options.file;
    this.#path = options.path;
    this.#line = node.line;
    const isNull = node.kind === "scalar" && node.value === null;
    if (node.kind !== "map" && !isNull) throw this.#wrong(node, options.path, "a mapping");
    this.#entries = node.kind === "map" ? node.entries : new Map();
  }

  /** Line of a key's value, or of the mapping. */
  line(key: string): number {
    return this.#entries.get(key)?.line ?? this.#line;
  }

  /** A text; numbers and booleans are coerced, nothing is the empty text. */
  text(key: string): string {
    const node = this.#get(key);
    return node === undefined ? "" : this.#textOf(node, this.#at(key));
  }

  /** A whole number; its text is taken too, nothing is 0. */
  integer(key: string): number {
    const node = this.#get(key);
    if (node === undefined) return 0;
    const value = node.kind === "scalar" ? node.value : undefined;
    if (typeof value === "number" && Number.isSafeInteger(value)) return value;
    if (typeof value === "string" && /^[+-]?[0-9]{1,15}$/.test(value)) return Number(value);
    throw this.#wrong(node, this.#at(key), "a whole number");
  }

  /** A list of texts. A bare scalar is refused, as the reference does. */
  texts(key: string): readonly string[] {
    return this.#items(key).map((node, index) => this.#textOf(node, `${this.#at(key)}[${index}]`));
  }

  /** A list of mappings, each read by `read`. */
  list<T>(key: string, read: (reader: ManifestReader, path: string) => T): readonly T[] {
    return this.#items(key).map((node, index) => {
      const path = `${this.#at(key)}[${index}]`;
      const reader = new ManifestReader(node, { file: this.#file, path });
      const value = read(reader, path);
      this.#warnings.push(...reader.finish());
      return value;
    });
  }

  /** A mapping with whatever in it. */
  mapping(key: string): YamlNode | undefined {
    const node = this.#get(key);
    if (node !== undefined && node.kind !== "map") {
      throw this.#wrong(node, this.#at(key), "a mapping");
    }
    return node;
  }

  /** What there is to warn of, keys that nobody read included. */
  finish(): readonly string[] {
    const unknown = [...this.#entries].filter(([key]) => !this.#taken.has(key))
      .map(([key, node]) => `key "${this.#at(key)}" is not known and ignored (line ${node.line})`);
    return [...this.#warnings, ...unknown];
  }

  #at(key: string): string {
    return this.#path === "" ? key : `${this.#path}.${key}`;
  }

  #get(key: string): YamlNode | undefined {
    this.#taken.add(key);
    const node = this.#entries.get(key);
    return node?.kind === "scalar" && node.value === null ? undefined : node;
  }

  #items(key: string): readonly YamlNode[] {
    const node = this.#get(key);
    if (node === undefined) return [];
    if (node.kind !== "list") throw this.#wrong(node, this.#at(key), "a list");
    return node.items;
  }

  #textOf(node: YamlNode, path: string): string {
    if (node.kind !== "scalar") throw this.#wrong(node, path, "text");
    const { value, source, line } = node;
    if (typeof value === "string") return value;
    if (value === null) return "";
    const text = String(value);
    if (text !== source) {
      this.#warnings.push(
        `"${path}" is ${source}, which reads as "${text}": quote it (line ${line})`,
      );
    }
    return text;
  }

  #wrong(node: YamlNode, path: string, wanted: string): ManifestError {
    const is = node.kind === "scalar" ? describeScalar(node.value) : `a ${node.kind}`;
    const reason = `it is ${is === "a map" ? "a mapping" : is}, not ${wanted}`;
    return new ManifestError({
      reason,
      code: "manifest_type",
      file: this.#file,
      path,
      line: node.line,
    });
  }
}

function describeScalar(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}
