/** Waits before the n-th transition of a storm, milliseconds; the last one counts for all later ones. */
const TABLE_MS: readonly number[] = [
  0,
  25,
  50,
  75,
  100,
  125,
  150,
  200,
  250,
  500,
  750,
  1_000,
  1_500,
  2_000,
  2_500,
  3_000,
  3_500,
  4_000,
  4_500,
  5_000,
];

/** A storm is over once no transition had to wait for this long, milliseconds. */
export const CALM_MS = 60_000;

/** How fast a machine has been changing its state. */
export interface Pace {
  /** Transitions fired in this storm. */
  readonly fired: number;
  /** When the storm is over unless it goes on, on the monotonic clock; undefined while none was slowed. */
  readonly calmAt: number | undefined;
}

/** The pace of a machine that has not moved yet. */
export const AT_REST: Pace = { fired: 0, calmAt: undefined };

/** What {@linkcode nextPace} decided. */
export interface PaceStep {
  /** How long to wait before the transition, milliseconds. */
  readonly waitMs: number;
  /** The pace after it. */
  readonly pace: Pace;
}

/** Options of {@linkcode nextPace}. */
export interface NextPaceOptions {
  /** Now, milliseconds on the monotonic clock. */
  readonly now: number;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/**
 * How long a transition has to wait, so that a machine that runs in circles does so once in five seconds at
 * last, and the pace afterwards. A minute without a transition that had to wait begins anew.
 */
export function nextPace(pace: Pace, options: NextPaceOptions): PaceStep {
  const { now, random } = options;
  const current = pace.calmAt !== undefined && now >= pace.calmAt ? AT_REST : pace;
  const fired = current.fired + 1;
  if (current.fired === 0) return { waitMs: 0, pace: { fired, calmAt: now + CALM_MS } };
  const table = TABLE_MS[Math.min(current.fired, TABLE_MS.length - 1)] ?? 0;
  return { waitMs: table * (0.5 + random()), pace: { fired, calmAt: now + CALM_MS } };
}
