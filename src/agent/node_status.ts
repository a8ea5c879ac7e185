/** What a node reports of itself: `machinist machines --json`, `run --once --json`, `status.json`. */
export interface NodeStatus {
  /** Name of the node. */
  readonly identity: string;
  /** When this was written, RFC 3339. */
  readonly time: string;
  /** The specification in force. */
  readonly spec: SpecStatus;
  /** Its machines, sorted by name. */
  readonly machines: readonly MachineReport[];
}

/** The specification in force, and what became of a newer one that was refused. */
export interface SpecStatus {
  /** The version that it states, if any. */
  readonly version: number | null;
  /** Revision in the store, as far as it is known. */
  readonly revision: number | null;
  /** SHA-256 of the payload; null before the first. */
  readonly sha256: string | null;
  /** Public key that signed it; several with commas between; null when nobody was asked. */
  readonly verified_by: string | null;
  /** Why what the store holds is not in force; null when it is. */
  readonly code: string | null;
  /** One line for people. */
  readonly reason: string | null;
}

/** One machine of a node. */
export interface MachineReport {
  /** Name. */
  readonly name: string;
  /** Whether the specification wants it here; null when that cannot be told. */
  readonly wanted: boolean | null;
  /** Whether it stands in place and was verified. */
  readonly installed: boolean;
  /**
   * SHA-256 of the archive that stands in place; of what another program has installed, that of the list's
   * archive with the same sums.
   */
  readonly digest: string | null;
  /** Version in its manifest, while it runs. */
  readonly version: string | null;
  /** State of its state machine, while it runs. */
  readonly state: string | null;
  /** Stable reason, an outcome of the threat table; `ok` when all is well. */
  readonly code: string;
  /** One line for people. */
  readonly reason: string;
  /** Since when it is as it is, RFC 3339. */
  readonly since: string | null;
  /** When it was last verified, RFC 3339. */
  readonly checked: string | null;
}

/** Whether a node is where its specification wants it: every wanted machine installed and verified. */
export function hasConverged(status: NodeStatus): boolean {
  return status.spec.sha256 !== null && status.spec.code === null &&
    status.machines.every(({ wanted, installed, code }) =>
      // What no list speaks of is no matter of the list.
      wanted === null ? code === "unmanaged" : !wanted || (installed && code === "ok")
    );
}
