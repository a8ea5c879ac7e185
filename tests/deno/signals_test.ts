import { strictEqual } from "node:assert";
import { onSignals } from "../../src/deno/signals.ts";

Deno.test("onSignals() hears signals until it is disposed, twice is fine", async () => {
  const heard = Promise.withResolvers<string>();
  const listening = onSignals((kind, signal) => heard.resolve(`${kind} ${signal}`));
  await new Deno.Command("kill", { args: ["-HUP", String(Deno.pid)] }).output();
  // A listener alone does not keep a process alive; a timer does.
  const alive = setInterval(() => {}, 1_000);
  strictEqual(await heard.promise, "reload SIGHUP");
  clearInterval(alive);
  listening[Symbol.dispose]();
  listening[Symbol.dispose]();
});
