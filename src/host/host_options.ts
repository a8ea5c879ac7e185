import type { MachineDefinition } from "../machine/definition.ts";
import type { WatcherType } from "../machine/watcher.ts";
import type { Admission } from "../ports/neighbours.ts";
import type { Ports } from "../ports/ports.ts";
import type { HostStatus } from "./hosted_machine.ts";
import type { Scanned } from "./scan.ts";

/** A machine that comes with the agent. */
export interface EmbeddedMachine {
  /** What it is. */
  readonly definition: MachineDefinition;
  /** Absolute path of its own directory, which holds its data. */
  readonly directory: string;
}

/** Options of a host. */
export interface HostOptions {
  /** Absolute path of the machines directory; made (0700) when absent. */
  readonly directory: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
  /** The watcher types that manifests may name. */
  readonly types: readonly WatcherType[];
  /** The world. */
  readonly ports: Ports;
  /**
   * Asked before every start.
   * @default {ports.admission}
   */
  readonly admission?: Admission;
  /**
   * Which of what stands there is this host's to run; what is another's is left alone, and not reported.
   * @default {() => true}
   */
  readonly loads?: (found: Scanned) => boolean;
  /**
   * Machines that come with the agent.
   * @default {[]}
   */
  readonly embedded?: readonly EmbeddedMachine[];
  /** Called with the status after changes; those of one turn are told together. */
  readonly onStatus?: (status: HostStatus) => void;
}
