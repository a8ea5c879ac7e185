import { DenoClock } from "../../src/deno/clock.ts";
import { testClockContract } from "../support/clock_contract.ts";

testClockContract("DenoClock", () => ({ clock: new DenoClock(), pass: () => Promise.resolve() }));

Deno.test("DenoClock.sleep() does not end at once when the time is longer than a timer can be", async () => {
  const controller = new AbortController();
  const sleeping = new DenoClock().sleep(1e12, { signal: controller.signal });
  const first = await Promise.race([
    sleeping.then(() => "woken"),
    new Promise((resolve) => setTimeout(() => resolve("asleep"), 30)),
  ]);
  controller.abort(new Error("enough"));
  await sleeping.catch(() => {});
  if (first !== "asleep") throw new Error(String(first));
});
