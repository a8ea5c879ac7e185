import type { MachineStatus } from "../machine/status.ts";

/**
 * Where a directory's machine is in its life: `waiting` for nothing but its turn, `starting` until its
 * watchers look, `held` while somebody replaces its directory, `failed` until the next try.
 */
export type Phase = "waiting" | "starting" | "running" | "stopping" | "held" | "failed";

/** One directory of the machines directory, and what runs from it. */
export interface HostedMachine {
  /** Name of the directory; for an embedded machine its own name. */
  readonly directory: string;
  /** Whether the machine comes with the agent and not from a directory. */
  readonly embedded: boolean;
  /** Name of the machine, as far as it is known. */
  readonly name: string | undefined;
  /** Where it is in its life. */
  readonly phase: Phase;
  /** Since when, milliseconds since the epoch. */
  readonly since: number;
  /** SHA-256 of the `machine.yaml` that runs. */
  readonly digest: string | undefined;
  /** Why what the directory holds does not run; what ran before may still do. */
  readonly problem: HostProblem | undefined;
  /** What was odd in the manifest. */
  readonly warnings: readonly string[];
  /** The machine, while it runs. */
  readonly machine: MachineStatus | undefined;
}

/** Why something does not run. */
export interface HostProblem {
  /** Stable reason. */
  readonly code: string;
  /** One line for people. */
  readonly reason: string;
  /** Failures in a row. */
  readonly attempts: number;
  /** When the next try is due, milliseconds since the epoch; undefined: when something changes. */
  readonly retryAt: number | undefined;
}

/** All that a host knows. */
export interface HostStatus {
  /** When the machines directory was last listed, milliseconds since the epoch. */
  readonly scannedAt: number | undefined;
  /** Why it could not be listed the last time. */
  readonly problem: { readonly code: string; readonly reason: string } | undefined;
  /** Embedded machines first, then directories, each sorted by name. */
  readonly machines: readonly HostedMachine[];
}
