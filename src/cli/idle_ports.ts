import { denoPorts } from "../deno/ports.ts";
import type { Log } from "../ports/log.ts";
import type { Ports } from "../ports/ports.ts";
import { MemoryKv } from "../testing/memory_kv.ts";
import { MemorySink } from "../testing/memory_sink.ts";

/** Ports for watchers that are made but never look: to check their properties. `log` hears what they say to that. */
export function idlePorts(log: Log): Ports {
  const never = () => Promise.reject(new TypeError("Cannot use this port: nothing is run here"));
  return {
    ...denoPorts({ node: { identity: "unknown" } }),
    log,
    kv: new MemoryKv(),
    events: new MemorySink(),
    installer: { install: never, check: never },
    neighbours: { hold: never },
    admission: { admit: never },
  };
}
