/** A key-value store with revisions: NATS JetStream KV, a directory, or memory. */
export interface Kv extends AsyncDisposable {
  /** A bucket by name; does not look whether it exists. */
  bucket(name: string): KvBucket;
  /** Creates the bucket as a fleet wants it, or leaves an existing one as it is. */
  createBucket(name: string, options?: CreateBucketOptions): Promise<BucketInfo>;
}

/** One bucket. Every method rejects with {@linkcode KvError}. */
export interface KvBucket {
  /** The newest value of a key. Never throws for what is merely absent. */
  get(key: string, options?: KvGetOptions): Promise<KvResult>;
  /** Writes a value: its new revision. With `previousRevision` fails with `conflict` when another one is newest. */
  put(key: string, value: Uint8Array, options?: KvPutOptions): Promise<number>;
  /** Leaves a delete marker. */
  delete(key: string, options?: KvOptions): Promise<void>;
  /** Kept revisions of a key, oldest first, delete markers included. */
  history(key: string, options?: KvOptions): Promise<readonly KvRevision[]>;
  /**
   * Wake-ups: one now and then, whenever the key may have changed, and after every reconnect. Carries no
   * value, never ends before `signal` aborts, never throws: it mends itself and only hints.
   */
  changes(key: string, options: KvChangesOptions): AsyncIterable<void>;
}

/** Options of what may wait. */
export interface KvOptions {
  /** Abandons the call. */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode KvBucket.get}. */
export interface KvGetOptions extends KvOptions {
  /** Ask only whether something newer than this revision exists (a cheap conditional get). */
  readonly newerThan?: number;
  /** One older revision instead of the newest. */
  readonly revision?: number;
}

/** Options of {@linkcode KvBucket.put}. */
export interface KvPutOptions extends KvOptions {
  /** The revision that must be newest; 0 means that the key must not exist. */
  readonly previousRevision?: number;
}

/** Options of {@linkcode KvBucket.changes}. */
export interface KvChangesOptions {
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** A NATS subject that the server republishes to, where the bucket's own setting is not to be asked. */
  readonly subject?: string;
}

/** What a get found. */
export type KvResult =
  | {
    readonly kind: "value";
    readonly value: Uint8Array;
    readonly revision: number;
    readonly time: number;
  }
  | { readonly kind: "unchanged"; readonly revision: number }
  | {
    readonly kind: "absent";
    readonly why: "no_bucket" | "no_key" | "deleted";
    readonly revision?: number;
  };

/** One kept revision. `value` is undefined for a delete marker. */
export interface KvRevision {
  /** Sequence in the bucket. */
  readonly revision: number;
  /** When it was written, milliseconds since the epoch. */
  readonly time: number;
  /** The bytes, or undefined for a delete marker. */
  readonly value: Uint8Array | undefined;
}

/** Options of {@linkcode Kv.createBucket}. */
export interface CreateBucketOptions extends KvOptions {
  /**
   * Revisions kept per key.
   * @default {10}
   */
  readonly history?: number;
  /**
   * Copies in a cluster.
   * @default {1}
   */
  readonly replicas?: number;
}

/** What is known of a bucket. */
export interface BucketInfo {
  /** Name of the bucket. */
  readonly name: string;
  /** False when it was there already. */
  readonly created: boolean;
  /** Revisions kept per key. */
  readonly history: number;
  /** Copies in a cluster. */
  readonly replicas: number;
  /** Subject to which writes are republished, when the store does so. */
  readonly republish?: string;
  /** Whether every replica may answer gets. */
  readonly direct: boolean;
}

/** Why a store call failed. */
export type KvErrorCode =
  | "unreachable"
  | "denied"
  | "permission"
  | "conflict"
  | "too_large"
  | "no_bucket"
  | "bad_key"
  | "closed"
  | "store";

/** A store call failed; `unreachable` is worth another try, the others need somebody. */
export class KvError extends Error {
  /** Its class, for logs. */
  override readonly name = "KvError";
  /** Closed set, for callers that branch. */
  readonly code: KvErrorCode;

  /** Makes one; `message` is for people. */
  constructor(message: string, options: KvErrorOptions) {
    super(message, { cause: options.cause });
    this.code = options.code;
  }
}

/** Options of {@linkcode KvError}. */
export interface KvErrorOptions {
  /** Closed set. */
  readonly code: KvErrorCode;
  /** The client's own error. */
  readonly cause?: unknown;
}
