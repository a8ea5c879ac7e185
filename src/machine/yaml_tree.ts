import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import { ManifestError, type ManifestErrorCode } from "./manifest_error.ts";
import { resolvePlain, type YamlScalar } from "./yaml_scalar.ts";

/** A YAML value that knows its line. Never cyclic: an alias stands for a value that is complete. */
export type YamlNode =
  | {
    readonly kind: "scalar";
    readonly line: number;
    readonly value: YamlScalar;
    readonly source: string;
  }
  | { readonly kind: "list"; readonly line: number; readonly items: readonly YamlNode[] }
  | {
    readonly kind: "map";
    readonly line: number;
    readonly entries: ReadonlyMap<string, YamlNode>;
  };

/** What {@linkcode parseYamlTree} read. */
export interface YamlTree {
  /** The first document; undefined when there is none. */
  readonly root: YamlNode | undefined;
  /** What was read, but should be written differently. */
  readonly warnings: readonly string[];
}

/** Nested lists and mappings that a manifest may have. */
export const MAX_MANIFEST_DEPTH = 20;
/** Aliases that a manifest may use. */
export const MAX_MANIFEST_ALIASES = 50;
/** Values that a manifest may have, each counted as often as it is used. */
export const MAX_MANIFEST_NODES = 10_000;

type Event = ReturnType<typeof parseEvents>[number];
type Collection = Extract<Event, { readonly style: unknown; readonly start: number }>;
type Scalar = Extract<Event, { readonly valueStart: number }>;

const TAGS: ReadonlyMap<string, "scalar" | "list" | "map"> = new Map([
  ["!!str", "scalar"],
  ["!!int", "scalar"],
  ["!!float", "scalar"],
  ["!!bool", "scalar"],
  ["!!null", "scalar"],
  ["!!seq", "list"],
  ["!!map", "map"],
]);

/**
 * Parses the first document of a YAML text. Limits and tags beyond the plain ones are refused; merge keys
 * (`<<`) are applied. A key given twice is refused, unless both times with the same value: then it is only
 * warned of. Throws ManifestError.
 */
export function parseYamlTree(text: string, options: { readonly file: string }): YamlTree {
  let events: Event[];
  try {
    events = parseEvents(text, { maxDepth: MAX_MANIFEST_DEPTH });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? undefined : error.mark.line + 1;
    const code = /depth|nest/i.test(error.reason) ? "manifest_limit" : "manifest_yaml";
    throw new ManifestError({ reason: error.reason, code, file: options.file, line });
  }
  return new Builder({ text, file: options.file, events }).build();
}

interface BuilderOptions {
  readonly text: string;
  readonly file: string;
  readonly events: readonly Event[];
}

class Builder {
  readonly #text: string;
  readonly #file: string;
  readonly #events: readonly Event[];
  readonly #warnings: string[] = [];
  readonly #anchors = new Map<string, YamlNode>();
  readonly #weights = new WeakMap<YamlNode, number>();
  #next = 0;
  #aliases = 0;
  #nodes = 0;
  #line = 1;
  #lineOffset = 0;

  constructor(options: BuilderOptions) {
    this.#text = options.text;
    this.#file = options.file;
    this.#events = options.events;
  }

  build(): YamlTree {
    const first = this.#events[this.#next++];
    if (first === undefined) return { root: undefined, warnings: [] };
    if (first.type === EVENT_ID.DOCUMENT && first.directives.some((d) => d.kind === "tag")) {
      throw this.#error("manifest_yaml", "%TAG directives are not supported");
    }
    const root = this.#peek()?.type === EVENT_ID.POP ? undefined : this.#node();
    this.#next++;
    if (this.#peek() !== undefined) {
      this.#warnings.push("only the first of several documents is used");
    }
    return { root, warnings: this.#warnings };
  }

  #peek(): Event | undefined {
    return this.#events[this.#next];
  }

  #node(): YamlNode {
    const event = this.#events[this.#next++];
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return this.#keep(event, this.#scalar(event));
      case EVENT_ID.SEQUENCE:
        return this.#keep(event, this.#list(event));
      case EVENT_ID.MAPPING:
        return this.#keep(event, this.#map(event));
      case EVENT_ID.ALIAS:
        return this.#alias(this.#text.slice(event.anchorStart, event.anchorEnd));
      default:
        throw this.#error("manifest_yaml", "the document ends early");
    }
  }

  #keep(event: Collection | Scalar, node: YamlNode): YamlNode {
    if (event.anchorStart >= 0) {
      this.#anchors.set(this.#text.slice(event.anchorStart, event.anchorEnd), node);
    }
    return node;
  }

  #alias(name: string): YamlNode {
    const node = this.#anchors.get(name);
    // An anchor is known once its value is complete, so a value cannot hold itself.
    if (node === undefined) throw this.#error("manifest_yaml", `there is no anchor "${name}"`);
    if (++this.#aliases > MAX_MANIFEST_ALIASES) {
      throw this.#error("manifest_limit", `it has more than ${MAX_MANIFEST_ALIASES} aliases`);
    }
    this.#count(this.#weights.get(node) ?? 1);
    return node;
  }

  #count(nodes: number): void {
    this.#nodes += nodes;
    if (this.#nodes > MAX_MANIFEST_NODES) {
      throw this.#error("manifest_limit", `it has more than ${MAX_MANIFEST_NODES} values`);
    }
  }

  #scalar(event: Scalar): YamlNode {
    this.#count(1);
    const line = this.#lineAt(event.valueStart);
    const tag = this.#tag(event, "scalar");
    const source = getScalarValue(this.#text, event);
    const plain = event.style === SCALAR_STYLE.PLAIN && tag === undefined;
    const value = plain ? resolvePlain(source) : this.#tagged(tag, source);
    return { kind: "scalar", line, value, source };
  }

  #tagged(tag: string | undefined, source: string): YamlScalar {
    if (tag === undefined || tag === "!" || tag === "!!str") return source;
    const value = resolvePlain(source);
    const kind = value === null ? "!!null" : typeof value === "boolean" ? "!!bool" : "!!number";
    const wanted = tag === "!!int" || tag === "!!float" ? "!!number" : tag;
    if (typeof value === "string" || kind !== wanted) {
      throw this.#error("manifest_type", `"${source}" does not fit its tag ${tag}`);
    }
    return value;
  }

  #list(event: Collection): YamlNode {
    const start = this.#nodes;
    this.#count(1);
    const line = this.#lineAt(event.start);
    this.#tag(event, "list");
    const items: YamlNode[] = [];
    while (this.#peek()?.type !== EVENT_ID.POP) items.push(this.#node());
    this.#next++;
    return this.#weigh({ kind: "list", line, items }, start);
  }

  #map(event: Collection): YamlNode {
    const start = this.#nodes;
    this.#count(1);
    const line = this.#lineAt(event.start);
    this.#tag(event, "map");
    const entries = new Map<string, YamlNode>();
    const lines = new Map<string, number>();
    const merged: YamlNode[] = [];
    while (this.#peek()?.type !== EVENT_ID.POP) {
      const key = this.#peek();
      const isMerge = key?.type === EVENT_ID.SCALAR && key.style === SCALAR_STYLE.PLAIN;
      const name = this.#key();
      const at = this.#line;
      const value = this.#node();
      if (isMerge && name === "<<") {
        merged.push(value);
        continue;
      }
      const earlier = entries.get(name);
      if (earlier !== undefined) this.#twice(name, [earlier, value], [lines.get(name) ?? at, at]);
      entries.set(name, value);
      lines.set(name, at);
    }
    this.#next++;
    for (const source of merged) this.#merge(entries, source);
    return this.#weigh({ kind: "map", line, entries }, start);
  }

  #weigh(node: YamlNode, start: number): YamlNode {
    this.#weights.set(node, this.#nodes - start);
    return node;
  }

  #key(): string {
    const node = this.#node();
    if (node.kind === "scalar") return node.source;
    throw this.#error("manifest_type", "a key is a list or a mapping", node.line);
  }

  #twice(name: string, values: [YamlNode, YamlNode], lines: [number, number]): void {
    const twice = `key "${name}" is given twice (lines ${lines[0]} and ${lines[1]})`;
    if (!sameYaml(...values)) {
      throw this.#error("manifest_duplicate", `${twice} with different values`, lines[1]);
    }
    this.#warnings.push(twice);
  }

  #merge(entries: Map<string, YamlNode>, source: YamlNode): void {
    if (source.kind === "list") {
      for (const item of source.items) this.#merge(entries, item);
      return;
    }
    if (source.kind !== "map") {
      throw this.#error("manifest_type", "a merge key needs a mapping", source.line);
    }
    for (const [name, value] of source.entries) {
      if (!entries.has(name)) entries.set(name, value);
    }
  }

  #tag(event: Collection | Scalar, kind: "scalar" | "list" | "map"): string | undefined {
    if (event.tagStart < 0) return undefined;
    const tag = this.#text.slice(event.tagStart, event.tagEnd);
    if (tag === "!" && kind === "scalar") return tag;
    if (TAGS.get(tag) === kind) return tag;
    throw this.#error("manifest_yaml", `tag ${tag} is not supported`);
  }

  /** Events come in the order of the text, so counting lines is one pass over it. */
  #lineAt(offset: number): number {
    for (;;) {
      const end = this.#text.indexOf("\n", this.#lineOffset);
      if (end < 0 || end >= offset) return this.#line;
      this.#line++;
      this.#lineOffset = end + 1;
    }
  }

  #error(code: ManifestErrorCode, reason: string, line = this.#line): ManifestError {
    return new ManifestError({ reason, code, file: this.#file, line });
  }
}

function sameYaml(left: YamlNode, right: YamlNode): boolean {
  return JSON.stringify(yamlData(left)) === JSON.stringify(yamlData(right));
}

/** A node as plain data: objects with keys of their own only, also `__proto__`. */
export function yamlData(node: YamlNode): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "list":
      return node.items.map(yamlData);
    case "map":
      return Object.fromEntries([...node.entries].map(([key, value]) => [key, yamlData(value)]));
  }
}
