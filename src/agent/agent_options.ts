import type { WatcherType } from "../machine/watcher.ts";

/** What an agent is to do. */
export interface AgentOptions {
  /** Absolute path of the machines directory; made (0700) when absent. */
  readonly directory: string;
  /**
   * Absolute path of the agent's own files.
   * @default {`${directory}/.machinist`}
   */
  readonly stateDirectory?: string | undefined;
  /**
   * Public keys of which one must have signed, 64 hex digits each. With none, whoever can write the
   * specification decides what is installed.
   * @default {[]}
   */
  readonly publicKeys?: readonly string[];
  /**
   * Whether the built-in manager runs.
   * @default {true}
   */
  readonly manager?: boolean;
  /**
   * Which halves of a node this is: `manage` fetches and installs and runs nothing, `host` runs and fetches nothing.
   * @default {"all"}
   */
  readonly role?: "all" | "manage" | "host";
  /** A packed specification that is always in force, instead of the store. */
  readonly specification?: string | undefined;
  /**
   * Bucket of the specification.
   * @default {"MACHINES"}
   */
  readonly bucket?: string;
  /**
   * Key of the specification.
   * @default {"machines"}
   */
  readonly key?: string;
  /**
   * Milliseconds between looks at the store, besides what it tells by itself.
   * @default {60_000}
   */
  readonly intervalMs?: number;
  /**
   * Milliseconds between checks of each machine.
   * @default {60_000}
   */
  readonly manageIntervalMs?: number;
  /**
   * Whether machines that the specification dropped are removed.
   * @default {true}
   */
  readonly purge?: boolean;
  /** Hosts that archives may come from: `host` or `host:port`; undefined: any but link-local ones. */
  readonly allowHosts?: readonly string[] | undefined;
  /** Watcher types beside the built-in ones, or in their stead. */
  readonly types?: readonly WatcherType[];
  /** Version of the program, for the status. */
  readonly version?: string | undefined;
}
