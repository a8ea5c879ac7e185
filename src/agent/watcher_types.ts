import type { WatcherType } from "../machine/watcher.ts";
import { BUILT_IN_WATCHERS } from "../watchers/built_in.ts";
import type { AgentOptions } from "./agent_options.ts";
import { fixedSpecification } from "./fixed_specification.ts";

/** Types that fetch and install. */
export const KEEPER_TYPES: ReadonlySet<string> = new Set(["machines", "archive"]);

/** Types that run commands. */
const RUNNER_TYPES: ReadonlySet<string> = new Set(["exec"]);

/** The watcher types that manifests may name on this agent: each half of a node has only its own. */
export function typesOf(
  { role = "all", specification, types = [] }: AgentOptions,
): readonly WatcherType[] {
  const byName = new Map<string, WatcherType>();
  for (const type of [...BUILT_IN_WATCHERS, ...types]) byName.set(type.type, type);
  if (specification !== undefined) {
    const fixed = fixedSpecification(specification);
    byName.set(fixed.type, fixed);
  }
  const foreign = role === "manage" ? RUNNER_TYPES : role === "host" ? KEEPER_TYPES : new Set();
  return [...byName.values()].filter(({ type }) => !foreign.has(type));
}
