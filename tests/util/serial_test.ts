import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { Serial } from "../../src/util/serial.ts";

Deno.test("Serial.run() runs tasks to completion in the order of their arrival", async () => {
  const serial = new Serial();
  const seen: string[] = [];
  const task = (name: string) => async () => {
    seen.push(`${name} begins`);
    await Promise.resolve();
    seen.push(`${name} ends`);
    return name;
  };
  const results = await Promise.all([serial.run(task("a")), serial.run(task("b"))]);
  deepStrictEqual(results, ["a", "b"]);
  deepStrictEqual(seen, ["a begins", "a ends", "b begins", "b ends"]);
});

Deno.test("Serial.run() goes on after a task that throws", async () => {
  const serial = new Serial();
  const broken = serial.run(() => {
    throw new Error("broken");
  });
  const next = serial.run(() => 1);
  await rejects(broken, /broken/);
  strictEqual(await next, 1);
});

Deno.test("Serial.idle() resolves after what was queued, whatever became of it", async () => {
  const serial = new Serial();
  let ended = false;
  const task = serial.run(async () => {
    await Promise.resolve();
    ended = true;
    throw new Error("broken");
  });
  await Promise.all([serial.idle(), rejects(task)]);
  strictEqual(ended, true);
});
