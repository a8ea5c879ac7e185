import { dump, load } from "js-yaml";
import type { ManagedMachine } from "../spec/entry.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import { formatDuration } from "../util/duration.ts";

/** Options of {@linkcode managerManifest}. */
export interface ManifestOptions {
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Milliseconds between two checks of the installed machine. */
  readonly intervalMs: number;
}

/** Name of the machine that manages another one, and of its directory. */
export function managerName(name: string): string {
  return `${MANAGER_PREFIX}${name}`;
}

/**
 * The manifest of the machine that installs `machine` and keeps it as it was signed: that of the reference,
 * written by a YAML library, with our own properties where the entry is signed to have them.
 */
export function managerManifest(
  machine: ManagedMachine,
  { target, intervalMs }: ManifestOptions,
): string {
  const { size, mirrors, timeoutMs, allowUnlisted } = machine.extension;
  const manifest = {
    name: managerName(machine.name),
    version: "1.0.0",
    initial_state: "MANAGE",
    transitions: [
      { name: "enter_maintenance", from: ["MANAGE"], destination: "MAINTENANCE" },
      { name: "resume", from: ["MAINTENANCE"], destination: "MANAGE" },
    ],
    watchers: [{
      name: "download",
      type: "archive",
      state_match: ["MANAGE"],
      interval: formatDuration(intervalMs),
      properties: {
        source: machine.source,
        checksum: machine.checksum,
        verify: machine.verify,
        verify_checksum: machine.verifyChecksum,
        creates: machine.name,
        target,
        username: machine.username,
        password: machine.password,
        governor: machine.governor,
        timeout: timeoutMs === undefined ? undefined : formatDuration(timeoutMs),
        size,
        mirrors,
        allow_unlisted: allowUnlisted,
      },
    }],
  };
  // Through JSON: what is undefined is left out, in the reference's order of keys.
  return dump(JSON.parse(JSON.stringify(manifest)), { lineWidth: -1, noRefs: true });
}

/**
 * Whether a manifest is one that this agent or the reference wrote to manage `name` in `target`: then what
 * it manages may be taken over. Anything else is somebody's own.
 */
export function managesMachine(
  text: string,
  { name, target }: { readonly name: string; readonly target: string },
): boolean {
  let manifest: unknown;
  try {
    manifest = load(text, { maxDepth: 20, maxAliases: 0 });
  } catch {
    return false;
  }
  const [watcher, ...more] = list(field(manifest, "watchers"));
  const properties = field(watcher, "properties");
  return more.length === 0 &&
    field(manifest, "name") === managerName(name) &&
    field(watcher, "type") === "archive" &&
    field(properties, "creates") === name &&
    String(field(properties, "target")).replace(/\/+$/, "") === target.replace(/\/+$/, "");
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
