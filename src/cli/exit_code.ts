/** How a command ends: the contract of `docs/cli.md`. */
export const EXIT = {
  /** Done, or yes. */
  done: 0,
  /** Failed, or no: does not verify, does not match, differs, has not converged. */
  failed: 1,
  /** The arguments are wrong. */
  usage: 2,
  /** The store cannot be reached. */
  unreachable: 69,
  /** Somebody else published in between. */
  conflict: 73,
  /** Another instance holds the directory. */
  locked: 75,
  /** A Deno permission or a NATS right is missing. */
  denied: 77,
  /** The configuration is refused. */
  configuration: 78,
  /** Interrupted by a signal. */
  interrupted: 130,
} as const;

/** One of {@linkcode EXIT}. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
