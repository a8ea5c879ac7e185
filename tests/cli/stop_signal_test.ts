import { deepStrictEqual } from "node:assert/strict";
import { stopSignal } from "../../src/cli/stop_signal.ts";
import type { SignalName } from "../../src/cli/terminal.ts";

/** Sends signals by hand; tells what came of each: stop, hurry, the exit code. */
function sender(hurries: boolean) {
  const handlers = new Map<SignalName, () => void>();
  const exits: number[] = [];
  const stop = stopSignal({
    exit: (code) => exits.push(code),
    onSignal: (name, handler) => {
      handlers.set(name, handler);
      return { [Symbol.dispose]: () => void handlers.delete(name) };
    },
  }, { hurries });
  const send = (name: SignalName) => {
    handlers.get(name)?.();
    return [stop.signal.aborted, stop.hurry.aborted, ...exits];
  };
  return { stop, send, handlers };
}

Deno.test("stopSignal() stops at the first signal and ends the process at the second", () => {
  const { stop, send, handlers } = sender(false);
  deepStrictEqual(send("SIGTERM"), [true, false]);
  deepStrictEqual(send("SIGINT"), [true, false, 130]);
  stop[Symbol.dispose]();
  deepStrictEqual(handlers.size, 0);
});

Deno.test("stopSignal() hurries at the second signal and ends the process at the third (#200)", () => {
  const { send } = sender(true);
  deepStrictEqual(send("SIGINT"), [true, false]);
  deepStrictEqual(send("SIGTERM"), [true, true]);
  deepStrictEqual(send("SIGTERM"), [true, true, 130]);
});
