import type { InstalledRecords } from "../archive/installed.ts";
import type { MachineDefinition } from "../machine/definition.ts";
import { MANIFEST_FILE, MAX_MANIFEST_BYTES, parseManifest } from "../machine/manifest.ts";
import { type Fs, FsError } from "../ports/fs.ts";
import type { CheckReport, Difference, Installer } from "../ports/installer.ts";
import type { Admission, Verdict } from "../ports/neighbours.ts";
import type { ManagedRecord, ManagedRecords, SignedTree } from "../sets/managed_records.ts";
import { managerName } from "../sets/manager_manifest.ts";
import { readManifest } from "../sets/present.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import { joinPath } from "../util/join_path.ts";
import { readFile } from "../util/read_file.ts";
import { MANAGER_NAME } from "./manager_definition.ts";
import { KEEPER_TYPES } from "./watcher_types.ts";

/** Options of {@linkcode ManagedAdmission}. */
export interface ManagedAdmissionOptions {
  /** Absolute path of the machines directory. */
  readonly machines: string;
  /** The managed machines; read again at every question. */
  readonly records: ManagedRecords;
  /** Compares trees. */
  readonly installer: Pick<Installer, "check">;
  /** Files. */
  readonly fs: Fs;
  /** What is installed: once the newest archive is, nothing older may run. */
  readonly installed: Pick<InstalledRecords, "read">;
  /** Which halves of a node this process is. */
  readonly role: "all" | "manage" | "host";
  /** Told the name of the machine that puts right what was refused: it should look now. */
  readonly onTampered?: (keeper: string) => void;
}

/** Differences that a reason names. */
const NAMED = 3;

/** What somebody can put right at once. */
const REPAIRABLE: ReadonlySet<string> = new Set(["tampered", "absent"]);

/**
 * Admits what nobody manages, and of the managed what is exactly what was signed: a machine whose tree has the
 * signed sums, and a manager machine that can do nothing but install that tree.
 */
export class ManagedAdmission implements Admission {
  readonly #options: ManagedAdmissionOptions;

  constructor(options: ManagedAdmissionOptions) {
    this.#options = options;
  }

  async admit(directory: string, { signal }: { readonly signal: AbortSignal }): Promise<Verdict> {
    try {
      return await this.#admit(directory, signal);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      return refuse("disk", error.message);
    }
  }

  async #admit(directory: string, signal: AbortSignal): Promise<Verdict> {
    const { records, role } = this.#options;
    const isManager = directory.startsWith(MANAGER_PREFIX);
    if (role !== "all") {
      const keeps = isManager || this.#keeps(directory);
      if (role === "manage" && !keeps) return refuse("manage_only", "this process runs nothing");
      if (role === "host" && keeps) return refuse("host_only", "this process fetches nothing");
    }
    records.load();
    if (records.fault !== undefined) {
      return refuse("records", `the records of managed machines are ${records.fault}`);
    }
    const name = isManager ? directory.slice(MANAGER_PREFIX.length) : directory;
    const record = records.all.get(name);
    if (record === undefined) return { ok: true };
    const verdict = isManager
      ? this.#admitManager(name, record)
      : await this.#admitMachine(name, record, signal);
    if (!verdict.ok && REPAIRABLE.has(verdict.code)) {
      this.#options.onTampered?.(isManager ? ownerOf(record) : managerName(name));
    }
    return verdict;
  }

  /** Until the newest archive is installed, the one that was signed before it stands there, and may run. */
  async #admitMachine(
    name: string,
    record: ManagedRecord,
    signal: AbortSignal,
  ): Promise<Verdict> {
    let newest: CheckReport | undefined;
    const isNewest = this.#options.installed.read(name)?.checksum === record.checksum;
    for (const tree of isNewest ? [record] : treesOf(record)) {
      const report = await this.#check(name, tree, signal);
      if (report.result === "verified") return { ok: true };
      if (report.result === "absent") return refuse("absent", "it is not installed");
      newest ??= report;
    }
    const differences = newest?.differences ?? [];
    // What cannot be read may be what was signed: it must not start, and need not stop.
    return differences.length > 0 && differences.every(({ kind }) => kind === "unreadable")
      ? refuse("disk", `it cannot be compared with what was signed: ${describe(differences)}`)
      : tampered(`it is not what was signed: ${describe(differences)}`);
  }

  #check(name: string, tree: SignedTree, signal: AbortSignal): Promise<CheckReport> {
    const { machines, installer } = this.#options;
    return installer.check({
      target: machines,
      creates: name,
      verify: "SHA256SUMS",
      verifyChecksum: tree.verifyChecksum,
      allowUnlisted: tree.allowUnlisted,
    }, { signal });
  }

  /** Whether somebody's own machine fetches or installs: a manager, or a machine with an archive. */
  #keeps(directory: string): boolean {
    const { fs, machines } = this.#options;
    const path = joinPath(machines, directory, MANIFEST_FILE);
    try {
      const { definition } = parseManifest(readFile(fs, path, { limit: MAX_MANIFEST_BYTES }));
      return definition.watchers.some(({ type }) => KEEPER_TYPES.has(type));
    } catch {
      return false;
    }
  }

  #admitManager(name: string, record: ManagedRecord): Verdict {
    const { fs, machines } = this.#options;
    const text = readManifest(fs, machines, name);
    if (text === undefined) return tampered("it has no manifest that could be read");
    let definition: MachineDefinition;
    try {
      const path = joinPath(machines, `${MANAGER_PREFIX}${name}`, MANIFEST_FILE);
      definition = parseManifest(text, { path }).definition;
    } catch (error) {
      return tampered(error instanceof Error ? error.message : String(error));
    }
    const [watcher, ...others] = definition.watchers;
    const properties = watcher?.properties ?? {};
    const signed = others.length === 0 && watcher?.type === "archive" &&
      properties["creates"] === name && properties["target"] === machines &&
      treesOf(record).some(({ checksum, verifyChecksum }) =>
        properties["checksum"] === checksum && properties["verify_checksum"] === verifyChecksum
      );
    return signed
      ? { ok: true }
      : tampered("its manifest is not the one that was written for this machine");
  }
}

function treesOf(record: ManagedRecord): readonly SignedTree[] {
  return [record, ...record.previous];
}

/** Name of the manager that keeps a record, and writes the machine that installs it. */
function ownerOf({ manager }: ManagedRecord): string {
  const [, own] = /^managers\/(.*)$/.exec(manager) ?? [];
  return own ?? MANAGER_NAME;
}

function refuse(code: string, reason: string) {
  return { ok: false, code, reason } as const;
}

function tampered(reason: string): Verdict {
  return { ...refuse("tampered", reason), stops: true };
}

function describe(differences: readonly Difference[]): string {
  const named = differences.slice(0, NAMED).map(({ kind, path }) => `${kind} "${path}"`).join(", ");
  const more = differences.length - NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}
