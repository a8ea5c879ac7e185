import type { MachineDefinition, WatcherDefinition } from "../machine/definition.ts";
import { formatDuration } from "../util/duration.ts";

/** Name of the built-in manager: the reference's compiled-in one has it too. */
export const MANAGER_NAME = "machine_manager";

/** Options of {@linkcode managerDefinition}. */
export interface ManagerOptions {
  /** Where the specification comes from: a key of the store, or a fixed one. */
  readonly from: { readonly bucket: string; readonly key: string } | "fixed";
  /** Public keys of which one must have signed, 64 hex digits each; empty: anybody may publish. */
  readonly publicKeys: readonly string[];
  /** Milliseconds between looks at the store, besides what it tells by itself. */
  readonly intervalMs: number;
  /** Milliseconds between checks of each machine. */
  readonly manageIntervalMs: number;
  /** Whether machines that the specification dropped are removed. */
  readonly purge: boolean;
}

/** Key of the manager's data under which the packed list is kept. */
const ITEM = "specification";

/**
 * The built-in manager as a machine like any other: one watcher brings the packed list, one keeps it. As the
 * reference's `machines_manager`, it can be sent into MAINTENANCE and back.
 */
export function managerDefinition(options: ManagerOptions): MachineDefinition {
  const interval = formatDuration(options.intervalMs);
  return {
    name: MANAGER_NAME,
    version: "1.0.0",
    initialState: "MANAGE",
    splayStartSeconds: 0,
    transitions: [
      { name: "enter_maintenance", from: ["MANAGE"], destination: "MAINTENANCE" },
      { name: "resume", from: ["MAINTENANCE"], destination: "MANAGE" },
    ],
    watchers: [
      source(options, interval),
      {
        name: "manage_machines",
        type: "machines",
        stateMatch: ["MANAGE"],
        interval: formatDuration(Math.max(options.manageIntervalMs, 2_000)),
        properties: {
          data_item: ITEM,
          purge_unknown: options.purge,
          machine_manage_interval: formatDuration(options.manageIntervalMs),
          ...(options.publicKeys.length === 0 ? {} : { public_key: options.publicKeys }),
        },
      },
    ],
  };
}

function source({ from }: ManagerOptions, interval: string): WatcherDefinition {
  const common = { name: "specification", stateMatch: ["MANAGE"] };
  if (from === "fixed") return { ...common, type: FIXED_TYPE, properties: { store_key: ITEM } };
  return {
    ...common,
    type: "kv",
    interval,
    properties: {
      bucket: from.bucket,
      key: from.key,
      mode: "watch",
      bucket_prefix: false,
      store_key: ITEM,
    },
  };
}

/** Watcher type that brings a specification which was handed over at the start. */
export const FIXED_TYPE = "specification";
