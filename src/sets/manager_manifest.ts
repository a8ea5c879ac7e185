import { dump, load } from "js-yaml";
import type { ManagedMachine } from "../spec/entry.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import { formatDuration } from "../util/duration.ts";
import { jsonEqual } from "../util/json_equal.ts";
import type { SignedTree } from "./managed_records.ts";

/** Options of {@linkcode managerManifest}. */
export interface ManifestOptions {
  /** Absolute path of the machines directory. */
  readonly target: string;
  /** Milliseconds between two checks of the installed machine. */
  readonly intervalMs: number;
}

/** What every manager machine has. */
const STATES = {
  initial_state: "MANAGE",
  transitions: [
    { name: "enter_maintenance", from: ["MANAGE"], destination: "MAINTENANCE" },
    { name: "resume", from: ["MAINTENANCE"], destination: "MANAGE" },
  ],
};

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
  const { size, mirrors, timeoutMs, splayMs, allowUnlisted } = machine.extension;
  const manifest = {
    name: managerName(machine.name),
    version: "1.0.0",
    ...STATES,
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
        splay: splayMs === undefined ? undefined : formatDuration(splayMs),
        size,
        mirrors,
        allow_unlisted: allowUnlisted,
      },
    }],
  };
  // Through JSON: what is undefined is left out, in the reference's order of keys.
  return written(JSON.parse(JSON.stringify(manifest)));
}

function written(manifest: unknown): string {
  return dump(manifest, { lineWidth: -1, noRefs: true });
}

/**
 * Whether a manifest is one that this agent or the reference wrote to manage `name` in `target`: then what
 * it manages may be taken over. Anything else is somebody's own.
 */
export function managesMachine(
  text: string,
  { name, target }: { readonly name: string; readonly target: string },
): boolean {
  const manifest = parsed(text);
  const [watcher, ...more] = list(field(manifest, "watchers"));
  const properties = field(watcher, "properties");
  return more.length === 0 &&
    field(manifest, "name") === managerName(name) &&
    field(watcher, "type") === "archive" &&
    field(properties, "creates") === name &&
    String(field(properties, "target")).replace(/\/+$/, "") === target.replace(/\/+$/, "");
}

/** Properties of the reference's template that may be missing, or empty. */
const OPTIONAL = ["username", "password", "governor"];

/**
 * What the manager machine of `name` installs, when its manifest says just what the reference's template says
 * and nothing besides; else undefined. Stricter than {@linkcode managesMachine}: it may cost the machine.
 */
export function treeOfManager(
  text: string,
  { name, target }: { readonly name: string; readonly target: string },
): SignedTree | undefined {
  const manifest = parsed(text);
  const [watcher] = list(field(manifest, "watchers"));
  const properties = field(watcher, "properties");
  const said = (key: string) => field(properties, key);
  const { source, checksum, verify_checksum, interval } = {
    source: said("source"),
    checksum: said("checksum"),
    verify_checksum: said("verify_checksum"),
    interval: field(watcher, "interval"),
  };
  if (!isText(source) || !isText(interval) || !isDigest(checksum) || !isDigest(verify_checksum)) {
    return undefined;
  }
  const optional = OPTIONAL.filter((key) => said(key) !== undefined);
  if (!optional.every((key) => isText(said(key)))) return undefined;
  const template = {
    name: managerName(name),
    version: "1.0.0",
    ...STATES,
    watchers: [{
      name: "download",
      type: "archive",
      interval,
      state_match: ["MANAGE"],
      properties: {
        source,
        checksum,
        verify: "SHA256SUMS",
        verify_checksum,
        creates: name,
        target,
        ...Object.fromEntries(optional.map((key) => [key, said(key)])),
      },
    }],
  };
  // One in our own hand was on record once: without its record nobody knows whose it is.
  if (!jsonEqual(manifest, template) || text === written(manifest)) return undefined;
  return { checksum, verifyChecksum: verify_checksum, allowUnlisted: [] };
}

function parsed(text: string): unknown {
  try {
    return load(text, { maxDepth: 20, maxAliases: 0 });
  } catch {
    return undefined;
  }
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isDigest(value: unknown): value is string {
  return isText(value) && /^[0-9a-f]{64}$/.test(value);
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return Object.getOwnPropertyDescriptor(value, name)?.value;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
