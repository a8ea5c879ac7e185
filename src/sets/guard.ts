/** How many machines may go at once, whatever the share. */
export const GUARD_FREE = 1;
/** The share of the managed machines that may go at once. */
export const GUARD_SHARE = 0.5;

/** What the guard is asked. */
export interface GuardInput {
  /** Names of the machines that would go. */
  readonly removals: readonly string[];
  /** How many machines are managed now. */
  readonly managed: number;
  /** Machines in the list. */
  readonly listed: number;
  /** Machines of the list that are wanted here. */
  readonly wanted: number;
  /** Whether the guard is on. */
  readonly enabled: boolean;
  /** What an empty list does: `choria` removes all, as the reference has it. */
  readonly purgeEmpty: "guard" | "choria";
  /** Names that the list allows to go. */
  readonly allowed: readonly string[];
  /** Whether the list allows any to go. */
  readonly allowAll: boolean;
}

/**
 * Whether so many machines may go at once. A list that is empty, matches nothing here or drops more than half
 * of what is managed is more often a mistake than a wish; a wish is signed, or configured.
 *
 * @returns Why not, or undefined when they may.
 */
export function guardReason(input: GuardInput): string | undefined {
  if (!input.enabled || input.allowAll) return undefined;
  if (input.listed === 0 && input.purgeEmpty === "choria") return undefined;
  const count = input.removals.filter((name) => !input.allowed.includes(name)).length;
  if (count === 0) return undefined;
  if (input.listed === 0) return `the list is empty and would remove ${count}`;
  if (input.wanted === 0) return `the list has nothing for this node and would remove ${count}`;
  const most = Math.max(GUARD_FREE, Math.floor(input.managed * GUARD_SHARE));
  if (count <= most) return undefined;
  return `the list would remove ${count} of ${input.managed}, more than ${most}`;
}
