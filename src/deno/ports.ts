import type { Fetch } from "../ports/fetch.ts";
import type { Ports } from "../ports/ports.ts";
import { DenoClock } from "./clock.ts";
import { denoFetch } from "./fetch.ts";
import { DenoFs } from "./fs.ts";
import { createLog, type LogOptions } from "./log.ts";
import { DenoNode, type DenoNodeOptions } from "./node.ts";
import { DenoProcess } from "./process.ts";

/** Options of {@linkcode denoPorts}. */
export interface DenoPortsOptions {
  /** This node's name and facts. */
  readonly node?: DenoNodeOptions;
  /** The log. */
  readonly log?: LogOptions;
}

/** The ports that are Deno's; the store, events, archives and neighbours come from elsewhere. */
export interface DenoPorts
  extends Pick<Ports, "clock" | "fs" | "process" | "log" | "node" | "random"> {
  /** The network. */
  readonly fetch: Fetch;
}

/** The world through Deno. Opens and starts nothing. */
export function denoPorts(options: DenoPortsOptions = {}): DenoPorts {
  return {
    clock: new DenoClock(),
    fs: new DenoFs(),
    process: new DenoProcess(),
    log: createLog(options.log),
    node: new DenoNode(options.node),
    random: Math.random,
    fetch: denoFetch,
  };
}
