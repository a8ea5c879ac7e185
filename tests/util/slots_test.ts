import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert/strict";
import { KeyedSerial } from "../../src/util/keyed_serial.ts";
import { Slots } from "../../src/util/slots.ts";

Deno.test("Slots.run() lets so many run at a time, the others in order", async () => {
  const slots = new Slots(2);
  const started: number[] = [];
  const gates = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const all = gates.map((gate, i) =>
    slots.run(async () => {
      started.push(i);
      await gate.promise;
    })
  );
  await Promise.resolve();
  deepStrictEqual(started, [0, 1]);
  gates[1]?.resolve();
  await all[1];
  await Promise.resolve();
  deepStrictEqual(started, [0, 1, 2]);
  for (const gate of gates) gate.resolve();
  await Promise.all(all);
  deepStrictEqual(started, [0, 1, 2, 3]);
});

Deno.test("Slots.run() gives the slot back when a task fails or is abandoned", async () => {
  const slots = new Slots(1);
  const error = new Error("failed");
  await rejects(slots.run(() => Promise.reject(error)), error);
  const gate = Promise.withResolvers<void>();
  const first = slots.run(() => gate.promise);
  const abort = new AbortController();
  const waiting = slots.run(() => Promise.resolve(1), { signal: abort.signal });
  abort.abort(error);
  await rejects(waiting, error);
  await rejects(slots.run(() => Promise.resolve(1), { signal: abort.signal }), error);
  gate.resolve();
  await first;
  strictEqual(await slots.run(() => Promise.resolve(2)), 2);
});

Deno.test("Slots() refuses to have no slot", () => {
  for (const count of [0, -1, 1.5, NaN]) throws(() => new Slots(count), RangeError);
});

Deno.test("KeyedSerial.run() orders tasks of one key and forgets the key", async () => {
  const serial = new KeyedSerial();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const all = [
    serial.run("a", async () => {
      await gate.promise;
      seen.push("a1");
    }),
    serial.run("a", () => seen.push("a2")),
    serial.run("b", () => seen.push("b1")),
  ];
  await all[2];
  strictEqual(serial.size, 1);
  gate.resolve();
  await Promise.all(all);
  deepStrictEqual(seen, ["b1", "a1", "a2"]);
  const error = new Error("failed");
  await rejects(serial.run("a", () => Promise.reject(error)), error);
  strictEqual(serial.size, 0);
});
