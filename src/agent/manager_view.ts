import type { HostedMachine, HostStatus } from "../host/hosted_machine.ts";
import type { MachineStatus, OutcomeStatus, WatcherStatus } from "../machine/status.ts";
import type { Data } from "../machine/watcher.ts";

/** What a list says of one machine, as the `machines` watcher tells it. */
export interface SetVerdict {
  /** Name of the machine. */
  readonly name: string;
  /** Whether it belongs here. */
  readonly wanted: boolean | null;
  /** Why nothing is done about it although something might be. */
  readonly code: string | undefined;
  /** One line for people. */
  readonly reason: string;
}

/** What one manager says: a machine with a `machines` watcher. */
export interface ManagerView {
  /** The manager. */
  readonly hosted: HostedMachine;
  /** Its `machines` watcher. */
  readonly watcher: WatcherStatus;
  /** What brings the list: its `kv` watcher, or that of a fixed list. */
  readonly source: WatcherStatus | undefined;
  /** What the list in force says. */
  readonly verdicts: readonly SetVerdict[];
  /** The list in force. */
  readonly spec: {
    readonly version: number | undefined;
    readonly sha256: string;
    readonly verifiedBy: string | undefined;
  } | undefined;
  /** Revision that the store holds. */
  readonly revision: number | undefined;
  /** Why what the store holds is not in force. */
  readonly trouble: { readonly code: string; readonly reason: string } | undefined;
}

/** The watcher of a type in a machine. */
export function watcherOf(
  machine: MachineStatus,
  ...types: readonly string[]
): WatcherStatus | undefined {
  return machine.watchers.find(({ type }) => types.includes(type));
}

/** Whether a machine runs in a state in which this watcher of it does not look: it is in maintenance. */
export function isResting(
  hosted: HostedMachine | undefined,
  watcher: WatcherStatus | undefined,
): boolean {
  return hosted?.phase === "running" && watcher?.active === false;
}

/** What the managers of a host say, embedded ones first. */
export function managerViews(host: HostStatus): readonly ManagerView[] {
  return host.machines.flatMap((hosted) => {
    const watcher = hosted.machine && watcherOf(hosted.machine, "machines");
    if (hosted.machine === undefined || watcher === undefined) return [];
    const source = watcherOf(hosted.machine, "kv", "specification");
    const details = watcher.outcome?.details ?? {};
    const spec = objectOf(details["spec"]);
    const revision = source?.outcome?.details?.["revision"];
    return [{
      hosted,
      watcher,
      source,
      verdicts: verdictsOf(details["verdicts"]),
      spec: typeof spec["sha256"] === "string"
        ? {
          version: numberOf(spec["version"]),
          sha256: spec["sha256"],
          verifiedBy: textOf(spec["verifiedBy"]),
        }
        : undefined,
      revision: numberOf(spec["revision"]) ?? numberOf(revision),
      trouble: !isResting(hosted, watcher)
        ? troubleOf(watcher.outcome, source?.outcome)
        : { code: "maintenance", reason: `"${hosted.name}" is not in a state to look at the list` },
    }];
  });
}

/** A list that is not there, because the store is not there: then the store is the trouble. */
function troubleOf(set: OutcomeStatus | undefined, source: OutcomeStatus | undefined) {
  const failed = [set, source].filter((outcome) => outcome?.result === "failure");
  const first = failed.find((outcome) => outcome?.code !== "spec_absent") ?? failed[0];
  return first && { code: first.code ?? "failed", reason: first.reason };
}

function verdictsOf(value: unknown): readonly SetVerdict[] {
  if (!Array.isArray(value)) return [];
  return value.map((item: unknown) => {
    const { name, wanted, code, reason } = objectOf(item);
    return {
      name: String(name),
      wanted: typeof wanted === "boolean" ? wanted : null,
      code: textOf(code),
      reason: String(reason),
    };
  });
}

function objectOf(value: unknown): Data {
  return typeof value === "object" && value !== null
    ? Object.fromEntries(Object.entries(value))
    : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
