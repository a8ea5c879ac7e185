/** A simulated node: it has the newest value, or it does not yet. */
export interface FleetNode extends AsyncDisposable {
  /** Connects and takes up what the store has. */
  start(): Promise<void>;
}

/** What a node is made of. */
export interface FleetNodeOptions {
  /** Its name. */
  readonly identity: string;
  /** URL of the server. */
  readonly server: string;
  /** Key that must have signed. */
  readonly publicKey: string;
  /** Directory of its own; undefined: nothing is deployed. */
  readonly directory: string | undefined;
  /** Told of each revision, once it has been verified and, where there is a directory, deployed. */
  readonly onRevision: (revision: number) => void;
  /** Told of what failed. */
  readonly onFailure: (error: unknown) => void;
}

/** Bucket and key of the fleet. */
export const BUCKET = "MACHINES";
/** As above. */
export const KEY = "machines";
