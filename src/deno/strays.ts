import type { Log } from "../ports/log.ts";

/**
 * Keeps the process alive over errors that nobody caught, and logs them, until disposed. For programs that run
 * for months: a library's forgotten promise must not end every machine of a node. Dispose it last: what has just
 * been given up is still waited for.
 */
export function catchStrays(log: Log): AsyncDisposable {
  const rejected = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    log.error("Nobody caught a rejection", { reason: describe(event.reason) });
  };
  const thrown = (event: ErrorEvent) => {
    event.preventDefault();
    log.error("Nobody caught an error", { reason: describe(event.error ?? event.message) });
  };
  globalThis.addEventListener("unhandledrejection", rejected);
  globalThis.addEventListener("error", thrown);
  return {
    async [Symbol.asyncDispose]() {
      // Rejections are told of at the end of a turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
      globalThis.removeEventListener("unhandledrejection", rejected);
      globalThis.removeEventListener("error", thrown);
    },
  };
}

function describe(reason: unknown): string {
  return reason instanceof Error ? reason.stack ?? reason.message : String(reason);
}
