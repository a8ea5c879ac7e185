import type { Phase } from "./hosted_machine.ts";
import type { Live } from "./live.ts";

/** What decides the phase of a directory. */
export interface PhaseOptions {
  /** What runs. */
  readonly live: Live | undefined;
  /** Whether somebody holds the directory. */
  readonly isHeld: boolean;
  /** Whether there is something to complain of. */
  readonly hasProblem: boolean;
  /** Whether something is to run. */
  readonly isWanted: boolean;
}

/** Where a directory's machine is in its life. */
export function phaseOf({ live, isHeld, hasProblem, isWanted }: PhaseOptions): Phase {
  if (live !== undefined) {
    if (live.isStopping) return "stopping";
    return live.machine.status().startedAt === undefined ? "starting" : "running";
  }
  if (isHeld) return "held";
  if (hasProblem) return "failed";
  return isWanted ? "starting" : "waiting";
}
