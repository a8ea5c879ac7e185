import type {
  Data,
  MachineFacts,
  Outcome,
  WatchContext,
  Watcher,
  WatcherPace,
} from "../machine/watcher.ts";
import type { Ports } from "../ports/ports.ts";
import type { SetReport } from "../sets/set_report.ts";
import { TrustedSet } from "../sets/trusted_set.ts";
import { nameFault } from "../spec/name.ts";
import { failureOf, LookError } from "./failure.ts";
import { discardToTrash } from "./machine_trash.ts";
import { type MachinesProperties, readMachinesProperties } from "./machines_properties.ts";

/** The ports that {@linkcode MachinesWatcher} uses. */
export type MachinesPorts = Pick<Ports, "clock" | "fs" | "log" | "neighbours" | "node">;

const DEFAULT_INTERVAL_MS = 300_000;
const MINIMUM_INTERVAL_MS = 2_000;

const RESULTS = { updated: "success", unchanged: "unchanged", error: "failure" } as const;

/** Makes the machines of a signed specification those of this node. */
export class MachinesWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "machines";

  /** As `WatcherType` has it. Throws KeyError for a public key that is none. */
  static create(properties: Data, ports: MachinesPorts): MachinesWatcher {
    return new MachinesWatcher(properties, ports);
  }

  /** The data item that holds the specification. */
  readonly reads: readonly string[];
  /** How the loop treats this type. */
  readonly pace: WatcherPace = { defaultMs: DEFAULT_INTERVAL_MS, minimumMs: MINIMUM_INTERVAL_MS };
  readonly #properties: MachinesProperties;
  readonly #ports: MachinesPorts;
  #set: TrustedSet | undefined;
  #warned: readonly string[] = [];
  /** Why machines were left as they are, by their name, as it was told last. */
  #held: ReadonlyMap<string, string> = new Map();

  /** Throws TypeError, RangeError or KeyError. */
  constructor(properties: Data, ports: MachinesPorts) {
    this.#properties = readMachinesProperties(properties, ports.log);
    this.#ports = ports;
    this.reads = [this.#properties.dataItem];
  }

  /** Takes up what the data item holds, and makes the node what the list in force says. */
  async watch(context: WatchContext): Promise<Outcome> {
    const { machine, signal } = context;
    let report: SetReport;
    try {
      this.#set ??= this.#open(machine);
      const { dataItem } = this.#properties;
      const value = Object.hasOwn(context.data, dataItem) ? context.data[dataItem] : undefined;
      report = await this.#set.settleData(value, { signal });
    } catch (error) {
      signal.throwIfAborted();
      return failureOf(error);
    }
    this.#warn(report.warnings);
    this.#tellHeld(report.machines);
    return outcomeOf(report, context.previous);
  }

  #open(machine: MachineFacts): TrustedSet {
    const { machines, stateDirectory } = machine;
    const { keys, ...policy } = this.#properties;
    const { fs, clock } = this.#ports;
    return new TrustedSet({
      ...policy,
      keys,
      insecureUnsigned: keys.length === 0,
      owner: ownerOf(machine),
      machines,
      stateDirectory,
      discard: discardToTrash({ fs, clock, machines, stateDirectory }),
      ports: this.#ports,
    });
  }

  /** Each once, and again when the reason is another; one that only waits for a second look is no news. */
  #tellHeld(machines: SetReport["machines"]): void {
    const held = machines.filter(({ code }) => code !== undefined && code !== "flapping");
    for (const { name, code, reason } of held) {
      if (this.#held.get(name) === `${code} ${reason}`) continue;
      this.#ports.log.warn("A machine is left as it is", { name, code, reason });
    }
    this.#held = new Map(held.map(({ name, code, reason }) => [name, `${code} ${reason}`]));
  }

  #warn(warnings: readonly string[]): void {
    for (const code of warnings) {
      if (!this.#warned.includes(code)) this.#ports.log.warn("The trust of this node", { code });
    }
    this.#warned = warnings;
  }
}

/** Whose trust it is: the built-in manager lives inside the agent's state, all others beside it. */
function ownerOf({ name, directory, stateDirectory }: MachineFacts): string {
  if (directory.startsWith(`${stateDirectory}/`)) return "manager";
  const fault = nameFault(name);
  if (fault === undefined) return `managers/${name}`;
  throw new LookError(`Cannot manage machines as "${name}": ${fault.why}`, {
    code: "name_reserved",
  });
}

function outcomeOf(report: SetReport, previous: Outcome | undefined): Outcome {
  const { result, code, reason, hint, machines, spec, written, removed, directories } = report;
  // One alarm for one trouble, however often somebody pushes it (threats 195).
  const repeated = result === "error" && directories.length === 0 &&
    previous?.result === "failure" && previous.code === code && previous.reason === reason;
  return {
    result: RESULTS[result],
    state: result,
    reason,
    ...(code === undefined ? {} : { code }),
    ...(repeated ? { announce: false } : {}),
    ...(directories.length === 0 ? {} : { directories }),
    details: {
      machines: machines.map(({ name }) => name),
      verdicts: machines,
      written,
      removed,
      foreign: report.foreign,
      warnings: report.warnings,
      ...(spec === undefined ? {} : { spec }),
      ...(hint === undefined ? {} : { hint }),
    },
  };
}
