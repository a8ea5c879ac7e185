import type { Clock } from "./clock.ts";
import type { EventSink } from "./events.ts";
import type { Fs } from "./fs.ts";
import type { Installer } from "./installer.ts";
import type { Kv } from "./kv.ts";
import type { Log } from "./log.ts";
import type { Admission, Neighbours } from "./neighbours.ts";
import type { Node } from "./node.ts";
import type { Process } from "./process.ts";

/** All that the domain asks of the world, made once and handed down through constructors. */
export interface Ports {
  /** Time. */
  readonly clock: Clock;
  /** Files. */
  readonly fs: Fs;
  /** The key-value store. */
  readonly kv: Kv;
  /** Commands. */
  readonly process: Process;
  /** The log. */
  readonly log: Log;
  /** Events for the fleet. */
  readonly events: EventSink;
  /** This node's name, facts, files and commands. */
  readonly node: Node;
  /** Archives. */
  readonly installer: Installer;
  /** The machines beside. */
  readonly neighbours: Neighbours;
  /** What may run. */
  readonly admission: Admission;
  /** Numbers in [0, 1), for splay and jitter. */
  readonly random: () => number;
}
