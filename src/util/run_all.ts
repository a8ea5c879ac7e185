import { AbortScope } from "./abort_scope.ts";

/** Options of {@linkcode runAll}. */
export interface RunAllOptions {
  /** Ends all tasks. */
  readonly signal: AbortSignal;
}

/**
 * Runs tasks side by side until the last one has ended. The first that fails aborts the others, and its error
 * is thrown once all have ended. An abort from outside is not a failure: then it resolves.
 */
export async function runAll(
  tasks: readonly ((signal: AbortSignal) => Promise<void>)[],
  options: RunAllOptions,
): Promise<void> {
  using scope = new AbortScope(options.signal);
  let failed: { readonly error: unknown } | undefined;
  const run = async (task: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    try {
      await task(scope.signal);
    } catch (error) {
      // What a task throws after the abort is how it ends, unless it is another error.
      if (scope.signal.aborted && isAbort(error, scope.signal)) return;
      failed ??= { error };
      scope.abort();
    }
  };
  await Promise.all(tasks.map(run));
  if (failed !== undefined) throw failed.error;
}

/** Whether an error is only how an aborted wait ends. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  return error === signal.reason ||
    (signal.aborted && error instanceof DOMException && error.name === "AbortError");
}
