import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { Later } from "../../src/util/later.ts";

Deno.test("Later.run() waits, and finish() makes it start at once", async () => {
  const clock = new FakeClock();
  const later = new Later({ clock, delayMs: 100 });
  const seen: string[] = [];
  const task = (name: string) => () => {
    seen.push(name);
    return Promise.resolve();
  };
  later.run("a", task("a"));
  later.run("b", task("b"));
  await clock.advance(99);
  deepStrictEqual(seen, []);
  await later.finish("b");
  deepStrictEqual(seen, ["b"]);
  await clock.advance(1);
  deepStrictEqual(seen, ["b", "a"]);
  await later.finish("nothing");
  later.run("c", task("c"));
  await later.finishAll();
  deepStrictEqual(seen, ["b", "a", "c"]);
  strictEqual(later.size, 0);
  strictEqual(clock.waiting, 0);
});
