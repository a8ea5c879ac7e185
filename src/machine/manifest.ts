import {
  type MachineDefinition,
  type TransitionDefinition,
  validateDefinition,
  type WatcherDefinition,
} from "./definition.ts";
import { ManifestError } from "./manifest_error.ts";
import { ManifestReader } from "./manifest_reader.ts";
import type { Data } from "./watcher.ts";
import { parseYamlTree, yamlData, type YamlNode } from "./yaml_tree.ts";

/** Bytes that a manifest may have. */
export const MAX_MANIFEST_BYTES = 256 * 1024;

/** Warnings that one manifest gives at most. */
export const MAX_WARNINGS = 20;

/** Name of the file in a machine's directory that makes it one. */
export const MANIFEST_FILE = "machine.yaml";

/** A manifest that was read. */
export interface Manifest {
  /** The machine. */
  readonly definition: MachineDefinition;
  /** What was read, but should be written differently; one sentence each. */
  readonly warnings: readonly string[];
}

/** Options of {@linkcode parseManifest}. */
export interface ParseManifestOptions {
  /**
   * File that errors name.
   * @default {"machine.yaml"}
   */
  readonly path?: string;
}

/**
 * Reads a `machine.yaml` by the rules of the reference: scalars become texts, all checks at load in its
 * order. The properties of watchers are checked when the machine is made. Throws ManifestError.
 *
 * @example
 * ```ts
 * import { parseManifest } from "./manifest.ts";
 *
 * const { definition } = parseManifest(`
 * name: lamp
 * version: 1.0.0
 * initial_state: "OFF"
 * transitions: [{ name: toggle, from: ["OFF"], destination: "ON" }]
 * watchers: [{ name: clock, type: timer, fail_transition: toggle, properties: { timer: 1h } }]
 * `);
 * if (definition.name !== "lamp") throw new Error("unexpected");
 * ```
 */
export function parseManifest(
  source: string | Uint8Array,
  options: ParseManifestOptions = {},
): Manifest {
  const file = options.path ?? MANIFEST_FILE;
  const tree = parseYamlTree(readText(source, file), { file });
  const root: YamlNode = tree.root ?? { kind: "scalar", line: 1, value: null, source: "" };
  const reader = new ManifestReader(root, { file, path: "" });
  const lines = new Map<string, number>();
  const definition = readDefinition(reader, lines);
  validateDefinition(definition, { file, lineOf: (path) => lines.get(path) });
  return { definition, warnings: atMost([...tree.warnings, ...reader.finish()]) };
}

function atMost(warnings: readonly string[]): readonly string[] {
  if (warnings.length <= MAX_WARNINGS) return warnings;
  const more = warnings.length - MAX_WARNINGS + 1;
  return [...warnings.slice(0, MAX_WARNINGS - 1), `and ${more} more of the like`];
}

function readText(source: string | Uint8Array, file: string): string {
  // A text of n characters has at least n bytes, and encoding a huge one only to refuse it is no use.
  const bytes = typeof source === "string" && source.length <= MAX_MANIFEST_BYTES
    ? new TextEncoder().encode(source).length
    : source.length;
  if (bytes > MAX_MANIFEST_BYTES) {
    const reason = `it has more than ${MAX_MANIFEST_BYTES} bytes`;
    throw new ManifestError({ reason, code: "manifest_size", file });
  }
  if (typeof source === "string") return source;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(source);
  } catch (cause) {
    const reason = "it is not UTF-8 text";
    throw new ManifestError({ reason, code: "manifest_text", file, cause });
  }
}

function readDefinition(reader: ManifestReader, lines: Map<string, number>): MachineDefinition {
  for (const key of ["name", "version", "initial_state", "transitions", "watchers"]) {
    lines.set(key, reader.line(key));
  }
  return {
    name: reader.text("name"),
    version: reader.text("version"),
    initialState: reader.text("initial_state"),
    splayStartSeconds: reader.integer("splay_start"),
    transitions: reader.list("transitions", (item) => readTransition(item, lines)),
    watchers: reader.list("watchers", (item, path) => readWatcher(item, path, lines)),
  };
}

function readTransition(
  reader: ManifestReader,
  lines: Map<string, number>,
): TransitionDefinition {
  return {
    name: reader.text("name"),
    from: reader.texts("from"),
    destination: reader.text("destination"),
    description: reader.text("description"),
    subscribe: reader.list("subscribe", (item, at) => {
      lines.set(at, item.line("machine_name"));
      return { machineName: item.text("machine_name"), event: item.text("event") };
    }),
  };
}

function readWatcher(
  reader: ManifestReader,
  path: string,
  lines: Map<string, number>,
): WatcherDefinition {
  const keys = ["name", "type", "interval", "properties"];
  const checked = ["announce_interval", "state_match", "fail_transition", "success_transition"];
  for (const key of [...keys, ...checked]) lines.set(`${path}.${key}`, reader.line(key));
  const properties = reader.mapping("properties");
  return {
    name: reader.text("name"),
    type: reader.text("type"),
    stateMatch: reader.texts("state_match"),
    foreignStates: reader.list("foreign_state_required", (item) => ({
      machineName: item.text("machine_name"),
      state: item.text("state"),
    })),
    failTransition: reader.text("fail_transition"),
    successTransition: reader.text("success_transition"),
    interval: reader.text("interval"),
    announceInterval: reader.text("announce_interval"),
    // A mapping node is an object as plain data.
    properties: properties === undefined ? {} : yamlData(properties) as Data,
  };
}
