import type { InstalledRecords } from "../archive/installed.ts";
import type { HostedMachine, HostStatus } from "../host/hosted_machine.ts";
import type { WatcherStatus } from "../machine/status.ts";
import type { Clock } from "../ports/clock.ts";
import { FsError } from "../ports/fs.ts";
import type { ManagedRecords } from "../sets/managed_records.ts";
import { managerName } from "../sets/manager_manifest.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import { OTHER_HALF } from "./half_log.ts";
import {
  isResting,
  type ManagerView,
  managerViews,
  type SetVerdict,
  watcherOf,
} from "./manager_view.ts";
import type { MachineReport, NodeStatus, SpecStatus } from "./node_status.ts";

/** Options of {@linkcode StatusBoard}. */
export interface StatusBoardOptions {
  /** Name of the node. */
  readonly identity: string;
  /** Time. */
  readonly clock: Clock;
  /** The managed machines. */
  readonly records: ManagedRecords;
  /** What is installed. */
  readonly installed: Pick<InstalledRecords, "read">;
  /** Version of the program. */
  readonly version?: string | undefined;
}

/** Composes what a node reports from what its machines say, and remembers since when it is so. */
export class StatusBoard {
  readonly #options: StatusBoardOptions;
  #status: NodeStatus;

  constructor(options: StatusBoardOptions) {
    this.#options = options;
    const { identity, clock } = options;
    this.#status = {
      identity,
      time: new Date(clock.now()).toISOString(),
      spec: specOf([]),
      machines: [],
    };
  }

  /** The newest status. */
  get status(): NodeStatus {
    return this.#status;
  }

  /** Nothing runs any more; what stands there and why stays as it was. */
  stop(): NodeStatus {
    const machines = this.#status.machines.map((machine) => ({ ...machine, state: null }));
    this.#status = { ...this.#status, machines };
    return this.#status;
  }

  /** Takes up what the host says. */
  update(host: HostStatus): NodeStatus {
    const { identity, clock, records } = this.#options;
    const now = new Date(clock.now()).toISOString();
    const before = new Map(this.#status.machines.map((report) => [report.name, report]));
    const views = managerViews(host);
    // A disk that fails for a moment must not take the status down: what was known stays.
    attempt(() => records.load());
    const verdicts = new Map(views.flatMap(({ verdicts }) => verdicts.map((v) => [v.name, v])));
    const hosted = new Map(host.machines.map((machine) => [machine.directory, machine]));
    const names = new Set([...verdicts.keys(), ...records.all.keys()]);
    for (const { directory, embedded, machine } of host.machines) {
      const keeps = machine !== undefined && watcherOf(machine, "machines") !== undefined;
      if (!embedded && !keeps && !directory.startsWith(MANAGER_PREFIX)) names.add(directory);
    }
    this.#status = {
      identity,
      time: now,
      spec: specOf(views),
      machines: [...names].sort().map((name) => {
        const report = this.#report(name, verdicts.get(name), hosted);
        const old = before.get(name);
        return { ...report, since: old !== undefined && isSame(old, report) ? old.since : now };
      }),
    };
    return this.#status;
  }

  #report(
    name: string,
    verdict: SetVerdict | undefined,
    hosted: ReadonlyMap<string, HostedMachine>,
  ): MachineReport {
    const { records, installed } = this.#options;
    const machine = hosted.get(name);
    const keeper = hosted.get(managerName(name));
    const archive = keeper?.machine && watcherOf(keeper.machine, "archive");
    const isManaged = records.all.has(name);
    const record = isManaged ? attempt(() => installed.read(name)) : undefined;
    const wanted = verdict?.wanted ?? null;
    const why = isManaged || wanted === true
      ? managedWhy(verdict, { machine, keeper, archive })
      : verdict !== undefined
      ? { code: verdict.code ?? "ok", reason: verdict.reason }
      : ownWhy(machine);
    const digest = deployedOf(archive) ?? record?.checksum;
    return {
      name,
      wanted,
      // What runs was admitted, so it stands there and is what was signed.
      installed: digest !== undefined || machine?.machine !== undefined,
      digest: digest ?? null,
      version: machine?.machine?.version ?? null,
      state: machine?.machine?.state ?? null,
      ...why,
      since: null,
      checked: archive?.at === undefined ? null : new Date(archive.at).toISOString(),
    };
  }
}

/**
 * The archive that its watcher has found or put in place. It knows before the record of it is written, and also
 * of what somebody else has installed: that has no record, and the archive is the one that the list names.
 */
function deployedOf(archive: WatcherStatus | undefined): string | undefined {
  const outcome = archive?.outcome;
  if (outcome === undefined || outcome.result === "failure") return undefined;
  const deployment = outcome.details?.["deployment"];
  if (typeof deployment !== "object" || deployment === null) return undefined;
  return "installed" in deployment && typeof deployment.installed === "string"
    ? deployment.installed
    : undefined;
}

/** The answer, or undefined where the file system fails. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return undefined;
  }
}

/** A code and a line. */
interface Why {
  readonly code: string;
  readonly reason: string;
}

/** Why a managed machine is as it is: what the list says, then its archive, then what runs. */
function managedWhy(
  verdict: SetVerdict | undefined,
  { machine, keeper, archive }: {
    readonly machine: HostedMachine | undefined;
    readonly keeper: HostedMachine | undefined;
    readonly archive: WatcherStatus | undefined;
  },
): Why {
  if (verdict?.code !== undefined) return { code: verdict.code, reason: verdict.reason };
  const outcome = archive?.outcome;
  if (outcome?.result === "failure") {
    return { code: outcome.code ?? "failed", reason: outcome.reason };
  }
  const problem = problemOf(keeper) ?? problemOf(machine);
  if (problem !== undefined) return problem;
  if (isResting(keeper, archive)) {
    return { code: "maintenance", reason: `"${keeper?.name}" is not in a state to look after it` };
  }
  if (machine?.phase === "held") {
    return { code: "held", reason: "it is stopped until it is what was signed" };
  }
  if (outcome === undefined) return { code: "pending", reason: "it was not looked at yet" };
  if (outcome.code === "splay") return { code: "splay", reason: outcome.reason };
  return { code: "ok", reason: outcome.reason };
}

/** A machine that is somebody's own. */
function ownWhy(machine: HostedMachine | undefined): Why {
  return problemOf(machine) ?? { code: "unmanaged", reason: "it is in no signed list" };
}

function problemOf(machine: HostedMachine | undefined): Why | undefined {
  const problem = machine?.problem;
  if (problem === undefined || OTHER_HALF.has(problem.code)) return undefined;
  return { code: problem.code, reason: problem.reason };
}

function isSame(left: MachineReport, right: MachineReport): boolean {
  return (["wanted", "installed", "digest", "version", "state", "code"] as const)
    .every((key) => left[key] === right[key]);
}

/** The list in force: that of the built-in manager, or of the first that has one. */
function specOf(views: readonly ManagerView[]): SpecStatus {
  const view = views.find(({ spec }) => spec !== undefined) ?? views[0];
  return {
    version: view?.spec?.version ?? null,
    revision: view?.revision ?? null,
    sha256: view?.spec?.sha256 ?? null,
    verified_by: view?.spec?.verifiedBy ?? null,
    code: view?.trouble?.code ?? null,
    reason: view?.trouble?.reason ?? null,
  };
}
