import type { Scanned } from "../host/scan.ts";
import type { WatcherType } from "../machine/watcher.ts";
import { BUILT_IN_WATCHERS } from "../watchers/built_in.ts";
import { MANAGER_PREFIX } from "../spec/name.ts";
import type { AgentOptions } from "./agent_options.ts";
import { fixedSpecification } from "./fixed_specification.ts";

/** Types that fetch and install. */
export const KEEPER_TYPES: ReadonlySet<string> = new Set(["machines", "archive"]);

/** Types that run commands. */
const RUNNER_TYPES: ReadonlySet<string> = new Set(["exec"]);

/** The watcher types that manifests may name on this agent: one that only fetches cannot run commands. */
export function typesOf(
  { role = "all", specification, types = [] }: AgentOptions,
): readonly WatcherType[] {
  const byName = new Map<string, WatcherType>();
  for (const type of [...BUILT_IN_WATCHERS, ...types]) byName.set(type.type, type);
  if (specification !== undefined) {
    const fixed = fixedSpecification(specification);
    byName.set(fixed.type, fixed);
  }
  return [...byName.values()].filter(({ type }) => role !== "manage" || !RUNNER_TYPES.has(type));
}

/** Whether it is for the half of a node that fetches and installs: what else stands there is not its business. */
export function isKeeper(found: Scanned): boolean {
  if (found.directory.startsWith(MANAGER_PREFIX)) return true;
  return found.kind === "machine" &&
    found.definition.watchers.some(({ type }) => KEEPER_TYPES.has(type));
}
