/** What one settling of a set came to. */
export interface SetReport {
  /** `error`: the newest list could not be taken up, or something is held that somebody should look at. */
  readonly result: "updated" | "unchanged" | "error";
  /** Stable reason of an error. */
  readonly code: string | undefined;
  /** One line for people. */
  readonly reason: string;
  /** What to do about an error, when there is something worth saying. */
  readonly hint: string | undefined;
  /** Each machine of the list in force, and each managed one that is in it no more. */
  readonly machines: readonly MachineReport[];
  /** Names of machines whose manager was written. */
  readonly written: readonly string[];
  /** Names of machines that were removed. */
  readonly removed: readonly string[];
  /** The list in force; undefined before the first one. */
  readonly spec: SpecReport | undefined;
  /** Names of the directories that were changed: a host should look at them. */
  readonly directories: readonly string[];
  /** Directories beside that belong to nobody here; they are never touched. */
  readonly foreign: readonly string[];
  /** Stable words for what somebody should know, such as `stale` and `clock_suspect`. */
  readonly warnings: readonly string[];
}

/** One machine in a {@linkcode SetReport}. */
export interface MachineReport {
  /** Its name. */
  readonly name: string;
  /** Whether it belongs on this node; null when that cannot be told. */
  readonly wanted: boolean | null;
  /** Stable reason why nothing is done about it although something might be. */
  readonly code: string | undefined;
  /** One line for people. */
  readonly reason: string;
}

/** The list in force in a {@linkcode SetReport}. */
export interface SpecReport {
  /** Its version, when it has one. */
  readonly version: number | undefined;
  /** The store's revision that it was last seen at, when that is known. */
  readonly revision: number | undefined;
  /** SHA-256 of its payload. */
  readonly sha256: string;
  /** The first key that signed it; undefined when nobody was asked. */
  readonly verifiedBy: string | undefined;
}
