import { strictEqual } from "node:assert";
import { onSignals } from "../../src/deno/signals.ts";

Deno.test("onSignals() hears signals until it is disposed, twice is fine", async () => {
  const heard = Promise.withResolvers<string>();
  const listening = onSignals((kind, signal) => heard.resolve(`${kind} ${signal}`));
  await new Deno.Command("kill", { args: ["-HUP", String(Deno.pid)] }).output();
  // A listener alone does not keep a process alive.
  using _alive = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  strictEqual(await heard.promise, "reload SIGHUP");
  listening[Symbol.dispose]();
  listening[Symbol.dispose]();
});
