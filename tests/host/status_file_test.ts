import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { StatusFile } from "../../src/host/status_file.ts";
import { world } from "../machine/harness.ts";

Deno.test("StatusFile.run() writes the first news at once, a storm seldom, and the last at the end", async () => {
  await using it = await world();
  const path = `${it.path}/status.json`;
  const { clock, fs } = it.ports;
  const file = new StatusFile({ path, fs, clock, log: it.log });
  const controller = new AbortController();
  const running = file.run({ signal: controller.signal });
  let made = 0;
  const tell = (n: number) => file.update(() => ({ n, made: ++made }));
  const read = async () => JSON.parse(await Deno.readTextFile(path));
  tell(1);
  await it.clock.settle();
  deepStrictEqual(await read(), { n: 1, made: 1 });
  for (let n = 2; n < 50; n++) tell(n);
  await it.clock.advance(999);
  deepStrictEqual(await read(), { n: 1, made: 1 });
  await it.clock.advance(1);
  deepStrictEqual(await read(), { n: 49, made: 2 });
  tell(50);
  controller.abort();
  await running;
  deepStrictEqual(await read(), { n: 50, made: 3 });
  strictEqual(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("StatusFile.run() goes on when the disk fails, and complains once (#167)", async () => {
  await using it = await world();
  const path = `${it.path}/gone/status.json`;
  const { clock, fs } = it.ports;
  const file = new StatusFile({ path, fs, clock, log: it.log });
  const controller = new AbortController();
  const running = file.run({ signal: controller.signal });
  for (let n = 0; n < 3; n++) {
    file.update(() => n);
    await it.clock.advance(1_000);
  }
  strictEqual(it.log.messages("warn").length, 1);
  await Deno.mkdir(`${it.path}/gone`);
  file.update(() => "back");
  await it.clock.advance(1_000);
  strictEqual(await Deno.readTextFile(path), '"back"\n');
  controller.abort();
  await running;
});
