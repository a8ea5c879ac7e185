import type { Data, MachineFacts, Outcome, Watcher } from "../../mod.ts";

/** Options of {@linkcode lookOnce}. */
export interface LookOnceOptions {
  /** The machine in whose name it looks. */
  readonly machine: MachineFacts;
  /** The data that the machine would have. */
  readonly data?: Data;
}

/** Asks a watcher for one look, as a machine would: what it found comes back, and nobody acts on it. */
export function lookOnce(
  watcher: Watcher,
  { machine, data = {} }: LookOnceOptions,
): Promise<Outcome> {
  return watcher.watch({
    cause: "start",
    machine,
    watcher: { name: "once", type: "once", intervalMs: undefined },
    data,
    previous: undefined,
    template: (text) => Promise.resolve(text),
    signal: AbortSignal.timeout(60_000),
  });
}
