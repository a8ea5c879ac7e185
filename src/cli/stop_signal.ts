import { EXIT } from "./exit_code.ts";
import type { Terminal } from "./terminal.ts";

/** What {@linkcode stopSignal} gives. */
export interface StopSignal extends Disposable {
  /** Aborts at the first SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** Aborts at the second one: whoever stops should not wait for anybody any more. */
  readonly hurry: AbortSignal;
}

/** Options of {@linkcode stopSignal}. */
export interface StopSignalOptions {
  /**
   * Whether the second signal has what stops hurry up; else it ends the process at once, as the third does.
   * @default {false}
   */
  readonly hurries?: boolean;
}

/** Listens for SIGTERM and SIGINT until disposed. */
export function stopSignal(
  io: Pick<Terminal, "exit" | "onSignal">,
  { hurries = false }: StopSignalOptions = {},
): StopSignal {
  const first = new AbortController();
  const second = new AbortController();
  const stop = () => {
    if (!first.signal.aborted) first.abort();
    else if (hurries && !second.signal.aborted) second.abort();
    else io.exit(EXIT.interrupted);
  };
  const listeners = [io.onSignal("SIGTERM", stop), io.onSignal("SIGINT", stop)];
  return {
    signal: first.signal,
    hurry: second.signal,
    [Symbol.dispose]() {
      for (const listener of listeners) listener[Symbol.dispose]();
    },
  };
}
