import type { Ports } from "../ports/ports.ts";

/** Data of a machine or properties of a watcher: what JSON can carry, keyed by strings. */
export type Data = { readonly [key: string]: unknown };

/** What one look found. The machine acts on it: stores `data`, fires the transition, publishes, wakes others. */
export interface Outcome {
  /** `success` and `failure` fire `success_transition` and `fail_transition`; `unchanged` fires nothing. */
  readonly result: "success" | "failure" | "unchanged";
  /** One line for people. */
  readonly reason: string;
  /** Stable machine-readable reason, for example `sig_invalid`. */
  readonly code?: string;
  /** The watcher's own word for its state in events, for example `downloaded`. */
  readonly state?: string;
  /** Keys to store in the machine's data; undefined drops a key. */
  readonly data?: Data;
  /** More for the event and the status, merged into the reference's state notification. */
  readonly details?: Data;
  /** Names of directories beside this machine that the look changed: the host scans at once. */
  readonly directories?: readonly string[];
  /** Whether the state notification is published. Default: unless `unchanged`. */
  readonly announce?: boolean;
  /** Look again after this many milliseconds, whatever the interval (back-off of a retry). */
  readonly again?: number;
}

/** Why a look happens. */
export type Cause = "start" | "interval" | "state" | "data" | "wake" | "again";

/** What a look may know. */
export interface WatchContext {
  /** Why now. */
  readonly cause: Cause;
  /** The machine that looks. */
  readonly machine: MachineFacts;
  /** The watcher that looks. */
  readonly watcher: {
    readonly name: string;
    readonly type: string;
    readonly intervalMs: number | undefined;
  };
  /** The machine's data as of now. */
  readonly data: Data;
  /** The outcome of the last look that counted. */
  readonly previous: Outcome | undefined;
  /** Expands the reference's templates (`{{ lookup "facts.os" "linux" }}`); throws SyntaxError. */
  template(text: string): Promise<string>;
  /** Aborts when the machine leaves the state that the look was for, or stops. */
  readonly signal: AbortSignal;
}

/** What a watcher may know of its machine. */
export interface MachineFacts {
  /** Name in the manifest. */
  readonly name: string;
  /** Version in the manifest. */
  readonly version: string;
  /** Identity of the node. */
  readonly identity: string;
  /** Id of this run of the machine (uuid). */
  readonly instance: string;
  /** Absolute path of the machine's own directory. */
  readonly directory: string;
  /** Absolute path of the machines directory: the parent of `directory`. */
  readonly machines: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
  /** Current state. */
  readonly state: string;
}

/** One look at the world, and the wake-ups besides interval, state change and data change. */
export interface Watcher {
  /** Looks once. A throw is a failure; an abort is nothing. */
  watch(context: WatchContext): Promise<Outcome>;
  /** Extra wake-ups, while the watcher is active. Ends when `signal` aborts. */
  wakes?(options: WakeOptions): AsyncIterable<void>;
  /** The data keys that this watcher reads: it looks when one of them changes. */
  readonly reads?: readonly string[];
  /** How the loop treats this type; defaults as described there. */
  readonly pace?: WatcherPace;
  /** Lets go of what it holds; called once its machine has ended. */
  [Symbol.asyncDispose]?(): PromiseLike<void>;
}

/** Options of {@linkcode Watcher.wakes}. */
export interface WakeOptions {
  /** Ends the iteration. */
  readonly signal: AbortSignal;
  /** As {@linkcode WatchContext.template}. */
  template(text: string): Promise<string>;
  /** The machine that listens. */
  readonly machine: MachineFacts;
}

/** What differs between types in when they look (`../shared/reference/choria.md` 1.3, 3). */
export interface WatcherPace {
  /**
   * Whether it looks at once when the machine starts.
   * @default {true}
   */
  readonly atStart?: boolean;
  /** Smallest interval that the type accepts, milliseconds. */
  readonly minimumMs?: number;
  /** Interval when the manifest gives none, milliseconds; undefined: only on wake-ups. */
  readonly defaultMs?: number;
  /** First look after a random part of this many milliseconds instead of a whole interval. */
  readonly gatherMs?: number;
}

/** The static side of a watcher class: its registration. */
export interface WatcherType {
  /** The name that manifests use. */
  readonly type: string;
  /** Checks the properties (TypeError, RangeError naming the field) and makes one watcher. */
  create(properties: Data, ports: Ports): Watcher;
}
