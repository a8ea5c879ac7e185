import type { EmbeddedMachine } from "../host/host_options.ts";
import { joinPath } from "../util/join_path.ts";
import type { AgentOptions } from "./agent_options.ts";
import { managerDefinition } from "./manager_definition.ts";

/** The built-in manager of an agent, or undefined for one that has none. */
export function embeddedManager(
  options: AgentOptions,
  stateDirectory: string,
): EmbeddedMachine | undefined {
  const { manager = true, role = "all", bucket = "MACHINES", key = "machines" } = options;
  if (!manager || role === "host") return undefined;
  return {
    directory: joinPath(stateDirectory, "manager"),
    definition: managerDefinition({
      from: options.specification === undefined ? { bucket, key } : "fixed",
      publicKeys: options.publicKeys ?? [],
      intervalMs: options.intervalMs ?? 60_000,
      manageIntervalMs: options.manageIntervalMs ?? 60_000,
      purge: options.purge ?? true,
    }),
  };
}
