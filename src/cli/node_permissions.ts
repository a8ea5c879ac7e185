import { neededPermissions } from "../agent/permissions.ts";
import { missingPermissions } from "../deno/permissions.ts";
import { CommandError } from "./command_error.ts";
import { EXIT } from "./exit_code.ts";
import { nodeReach } from "./node_reach.ts";
import type { NodeSettings } from "./node_settings.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Ends the command with 77 when Deno was not given what a node cannot do without: its directory and its store.
 * Whatever else is missing (a download host, a command) fails where it is used, and is told there.
 */
export async function refuseMissingPermissions(
  settings: NodeSettings,
  io: Terminal,
): Promise<void> {
  const { reach } = await nodeReach(settings, io, { look: false });
  const needs = neededPermissions({
    ...reach,
    downloadHosts: [],
    commands: [],
    identityGiven: true,
  });
  const missing = missingPermissions(needs);
  const [first] = missing;
  if (first === undefined) return;
  throw new CommandError(
    `Cannot run the node: Deno was not given ${
      missing.map(({ flag }) => flag).join(" ")
    } (${first.why})`,
    {
      code: "permission",
      exit: EXIT.denied,
      hint: "machinist permissions prints all flags that these options need",
    },
  );
}
