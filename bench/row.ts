/** One line of the result: `ratio` must be at most `goal`. */
export interface Row {
  /** What was measured, with its unit. */
  readonly name: string;
  /** Our figure. */
  readonly ours: number;
  /** The same by what a user would use otherwise, in the same run; null when there is nothing to compare with. */
  readonly peer: number | null;
  /** `ours / peer`; without a peer, `ours` over what is allowed. */
  readonly ratio: number | null;
  /** The most that the ratio may be; null for a figure that is only told. */
  readonly goal: number | null;
}

/** Something that makes rows. */
export interface Bench {
  /** What its rows are called, for the filter. */
  readonly name: string;
  /** Measures. */
  run(world: BenchWorld): Promise<readonly Row[]>;
}

/** What a bench may use. */
export interface BenchWorld {
  /** An existing directory of this run's own. */
  readonly directory: string;
  /** An existing directory that stays as long as the run: for what several benches use. */
  readonly shared: string;
  /** Says what goes on. */
  readonly tell: (text: string) => void;
  /** Fewer rounds, for a quick look. */
  readonly quick: boolean;
}

/** A row against a peer: at most `times` as much. */
export function versus(
  name: string,
  { ours, peer, times }: {
    readonly ours: number;
    readonly peer: number;
    readonly times: number | null;
  },
): Row {
  return { name, ours, peer, ratio: ours / peer, goal: times };
}

/** A row against a peer: at most `more` above it. */
export function above(
  name: string,
  { ours, peer, more }: { readonly ours: number; readonly peer: number; readonly more: number },
): Row {
  return { name, ours, peer, ratio: ours / peer, goal: (peer + more) / peer };
}

/** A row with a limit of its own and no peer. */
export function within(
  name: string,
  { ours, limit }: { readonly ours: number; readonly limit: number },
): Row {
  return { name, ours, peer: null, ratio: ours / limit, goal: 1 };
}

/** A figure that is only told. */
export function told(name: string, ours: number, peer: number | null = null): Row {
  return { name, ours, peer, ratio: peer === null ? null : ours / peer, goal: null };
}
