import { EXIT } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";

/** A signal that aborts at SIGTERM and SIGINT until disposed; a second one ends the process at once. */
export function stopSignal(io: Terminal): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) io.exit(EXIT.interrupted);
    controller.abort();
  };
  const listeners = [io.onSignal("SIGTERM", stop), io.onSignal("SIGINT", stop)];
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const listener of listeners) listener[Symbol.dispose]();
    },
  };
}
