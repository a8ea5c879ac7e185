import { assembleWatchers } from "../machine/assemble.ts";
import { parseManifest } from "../machine/manifest.ts";
import { ManifestError } from "../machine/manifest_error.ts";
import type { MachineDefinition } from "../machine/definition.ts";
import { parseYamlTree, type YamlNode } from "../machine/yaml_tree.ts";
import { MemoryLog } from "../testing/memory_log.ts";
import { MANAGER_PREFIX, nameFault } from "../spec/name.ts";
import { BUILT_IN_WATCHERS } from "../watchers/built_in.ts";
import { idlePorts } from "./idle_ports.ts";
import { lintList } from "./lint_list.ts";
import { listPayload } from "./machines_list.ts";

/** One thing that is wrong in a file. */
export interface FileComplaint {
  /** Line, from 1, where one is known. */
  readonly line: number | undefined;
  /** Where in the file's structure, for example `watchers[1].type`; empty for the whole. */
  readonly path: string;
  /** Stable reason. */
  readonly code: string;
  /** One line for people. */
  readonly message: string;
}

/** What is wrong in a file, and what is only odd. */
export interface FileReport {
  /** The file. */
  readonly file: string;
  /** What it was taken for. */
  readonly kind: "machine" | "list";
  /** What a node would refuse. */
  readonly complaints: readonly FileComplaint[];
  /** What was read but should be written differently. */
  readonly warnings: readonly string[];
}

/** Checks a `machine.yaml` or a machines list with the nodes' own code. */
export async function checkFile(file: string, bytes: Uint8Array): Promise<FileReport> {
  const root = treeOf(file, bytes);
  return root?.kind === "list"
    ? await checkList(file, bytes, root)
    : checkManifest(file, bytes, root);
}

function treeOf(file: string, bytes: Uint8Array): YamlNode | undefined {
  try {
    return parseYamlTree(new TextDecoder().decode(bytes), { file }).root;
  } catch {
    return undefined;
  }
}

async function checkList(file: string, bytes: Uint8Array, root: YamlNode): Promise<FileReport> {
  const payload = await listPayload(file, bytes, { lint: true });
  const { complaints } = await lintList(payload);
  return {
    file,
    kind: "list",
    complaints: complaints.map(({ code, message, index, field }) => {
      const path = index === undefined ? "" : `[${index}]${field === undefined ? "" : `.${field}`}`;
      return { line: lineOf(root, path), path, code, message };
    }),
    warnings: [],
  };
}

function checkManifest(file: string, bytes: Uint8Array, root: YamlNode | undefined): FileReport {
  try {
    const { definition, warnings } = parseManifest(bytes, { path: file });
    const checked = checkWatchers(definition, root);
    return {
      file,
      kind: "machine",
      complaints: [...nameComplaints(definition, root), ...checked.complaints],
      warnings: [...warnings, ...stateWarnings(definition), ...checked.warnings],
    };
  } catch (error) {
    return { file, kind: "machine", complaints: [complaintOf(error)], warnings: [] };
  }
}

/** A machine of this name could not be packed, or be listed. A manager machine's name is no machine's of a list. */
function nameComplaints(
  { name }: MachineDefinition,
  root: YamlNode | undefined,
): readonly FileComplaint[] {
  const fault = name.startsWith(MANAGER_PREFIX) ? undefined : nameFault(name);
  if (fault === undefined) return [];
  const message = `Cannot use name ${JSON.stringify(name)}: ${fault.why}`;
  return [{ line: lineOf(root, "name"), path: "name", code: fault.code, message }];
}

/** The reference loads it, and the machine stays where it begins for ever. */
function stateWarnings({ initialState, transitions }: MachineDefinition): readonly string[] {
  const isKnown = transitions.some(({ from, destination }) =>
    destination === initialState || from.includes(initialState)
  );
  return isKnown ? [] : [`initial_state: no transition leads from or to "${initialState}"`];
}

/** Makes each watcher as a node would at the start, one by one, so that every complaint is heard. */
function checkWatchers(
  definition: MachineDefinition,
  root: YamlNode | undefined,
): Pick<FileReport, "complaints" | "warnings"> {
  const complaints: FileComplaint[] = [];
  const warnings: string[] = [];
  for (const [index, watcher] of definition.watchers.entries()) {
    const log = new MemoryLog();
    try {
      assembleWatchers(
        { ...definition, watchers: [watcher] },
        { types: BUILT_IN_WATCHERS, ports: idlePorts(log) },
      );
      warnings.push(...warningsOf(log).map((text) => `watchers[${index}]: ${text}`));
      const twin = definition.watchers.findIndex(({ name }) => name === watcher.name);
      if (twin === index) continue;
      const path = `watchers[${index}].name`;
      const message = `watcher ${watcher.name} already exist`;
      complaints.push({ line: lineOf(root, path), path, code: "manifest_watcher", message });
    } catch (error) {
      const complaint = complaintOf(error);
      const path = complaint.path.replace(/^watchers\[0\]/, `watchers[${index}]`);
      complaints.push({ ...complaint, path, line: lineOf(root, path) });
    }
  }
  return { complaints, warnings };
}

function warningsOf(log: MemoryLog): readonly string[] {
  return log.entries.filter(({ level }) => level === "warn").map(({ message, fields }) => {
    // Which machine and which watcher it is stands before it.
    const { machine: _machine, watcher: _watcher, ...others } = fields;
    return [message, ...Object.entries(others).map(([name, value]) => `${name}: ${value}`)]
      .join(", ");
  });
}

function complaintOf(error: unknown): FileComplaint {
  if (!(error instanceof ManifestError)) throw error;
  const { line, path, code, reason } = error;
  return { line, path, code, message: reason };
}

/** The line of a place such as `watchers[1].type`, or of the nearest thing around it. */
function lineOf(root: YamlNode | undefined, path: string): number | undefined {
  let node = root;
  for (const step of path.match(/[^.[\]]+/g) ?? []) {
    const next = node?.kind === "list"
      ? node.items[Number(step)]
      : node?.kind === "map"
      ? node.entries.get(step)
      : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node?.line;
}
