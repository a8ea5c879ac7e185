/** What the process was asked from outside: `stop` is SIGTERM or SIGINT, `reload` SIGHUP. */
export type SignalKind = "stop" | "reload";

const KINDS: readonly (readonly [Deno.Signal, SignalKind])[] = [
  ["SIGTERM", "stop"],
  ["SIGINT", "stop"],
  ["SIGHUP", "reload"],
];

/** Listens for the signals of the process until it is disposed. Needs no permission. */
export function onSignals(listener: (kind: SignalKind, signal: string) => void): Disposable {
  const listeners = KINDS.map(([signal, kind]) => {
    const hear = () => listener(kind, signal);
    Deno.addSignalListener(signal, hear);
    return { signal, hear };
  });
  return {
    [Symbol.dispose]() {
      for (const { signal, hear } of listeners.splice(0)) Deno.removeSignalListener(signal, hear);
    },
  };
}
