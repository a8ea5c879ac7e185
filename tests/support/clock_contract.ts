import { ok, rejects } from "node:assert";
import type { Clock } from "../../src/ports/clock.ts";

/** Registers the tests that every clock passes; `pass` lets its time go by. */
export function testClockContract(
  name: string,
  open: () => { readonly clock: Clock; pass(ms: number): Promise<void> },
): void {
  Deno.test(`${name}.sleep() ends after its time and not before`, async () => {
    const { clock, pass } = open();
    const [wall, begun] = [clock.now(), clock.monotonic()];
    let woken = 0;
    const sleeping = clock.sleep(30).then(() => woken = clock.monotonic());
    await pass(40);
    await sleeping;
    ok(woken - begun >= 29, `${woken - begun}`);
    ok(clock.now() - wall >= 29);
  });

  Deno.test(`${name}.sleep() wakes sleepers in the order of their times`, async () => {
    const { clock, pass } = open();
    const order: number[] = [];
    const sleeping = [60, 5, 30, -1].map((ms) => clock.sleep(ms).then(() => order.push(ms)));
    await pass(80);
    await Promise.all(sleeping);
    ok(order.join() === "-1,5,30,60", order.join());
  });

  Deno.test(`${name}.sleep() rejects with the reason when it is aborted, before and during`, async () => {
    const { clock } = open();
    const reason = new Error("enough");
    const is = (error: unknown) => error === reason;
    await rejects(clock.sleep(10_000, { signal: AbortSignal.abort(reason) }), is);
    const controller = new AbortController();
    const failing = rejects(clock.sleep(10_000, { signal: controller.signal }), is);
    controller.abort(reason);
    await failing;
  });
}
