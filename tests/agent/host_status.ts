import type { HostedMachine, HostStatus } from "../../src/host/hosted_machine.ts";
import type { OutcomeStatus, WatcherStatus } from "../../src/machine/status.ts";

/** A watcher that has looked. */
export function watcher(
  type: string,
  outcome?: Partial<OutcomeStatus>,
  more: Partial<WatcherStatus> = {},
): WatcherStatus {
  return {
    name: type,
    type,
    active: true,
    pending: false,
    looks: outcome === undefined ? 0 : 2,
    outcome: outcome && { result: "success", reason: "well", ...outcome },
    at: outcome && 1_000,
    tookMs: outcome && 1,
    ...more,
  };
}

/** A machine that runs. */
export function hosted(
  directory: string,
  watchers: readonly WatcherStatus[],
  more: Partial<HostedMachine> = {},
): HostedMachine {
  return {
    directory,
    embedded: false,
    name: directory,
    phase: "running",
    since: 0,
    digest: "",
    problem: undefined,
    warnings: [],
    machine: {
      name: directory,
      version: "1.0.0",
      state: "RUN",
      instance: "i",
      startedAt: 0,
      directory: `/m/${directory}`,
      availableTransitions: [],
      watchers,
    },
    ...more,
  };
}

/** The built-in manager, with what its watchers say. */
export function manager(
  set: Partial<OutcomeStatus> | undefined,
  kv: Partial<OutcomeStatus> = { details: { revision: 7 } },
): HostedMachine {
  return hosted("machine_manager", [watcher("kv", kv), watcher("machines", set)], {
    embedded: true,
  });
}

/** A host with these machines. */
export function host(...machines: readonly HostedMachine[]): HostStatus {
  return { scannedAt: 1, problem: undefined, machines };
}
