import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { NodeStatus } from "../../src/agent/node_status.ts";
import { STATUS_BEAT_MS, StatusFile } from "../../src/agent/status_file.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const SPEC = {
  version: null,
  revision: null,
  sha256: null,
  verified_by: null,
  code: null,
  reason: null,
};

/** A file that runs, and how often its status was composed. */
async function statusFile() {
  const directory = await temporaryDirectory();
  const clock = new FakeClock({ now: 0 });
  const log = new MemoryLog();
  const path = `${directory.path}/status.json`;
  const file = new StatusFile({ fs: new DenoFs(), clock, log, path });
  const controller = new AbortController();
  const running = file.run({ signal: controller.signal });
  let composed = 0;
  const change = (identity: string) =>
    file.write((): NodeStatus => {
      composed++;
      return { identity, time: "", spec: SPEC, machines: [] };
    });
  const read = () => {
    try {
      return JSON.parse(Deno.readTextFileSync(path)).identity;
    } catch {
      return undefined;
    }
  };
  return {
    ...{ clock, log, file, change, read, path },
    composed: () => composed,
    async [Symbol.asyncDispose]() {
      controller.abort();
      await running;
      await directory[Symbol.asyncDispose]();
    },
    stop: async () => {
      controller.abort();
      await running;
    },
  };
}

Deno.test("StatusFile.write() makes one status of several changes", async () => {
  await using made = await statusFile();
  made.change("a");
  made.change("b");
  strictEqual(made.read(), undefined);
  await made.clock.advance(50);
  deepStrictEqual([made.read(), made.composed()], ["b", 1]);
});

Deno.test("StatusFile.write() is followed at most once a second", async () => {
  await using made = await statusFile();
  made.change("a");
  await made.clock.advance(50);
  made.change("b");
  await made.clock.advance(900);
  deepStrictEqual([made.read(), made.composed()], ["a", 1]);
  await made.clock.advance(100);
  deepStrictEqual([made.read(), made.composed()], ["b", 2]);
});

Deno.test("StatusFile.run() writes now and then although nothing changes", async () => {
  await using made = await statusFile();
  made.change("a");
  await made.clock.advance(50);
  await Deno.remove(made.path);
  await made.clock.advance(STATUS_BEAT_MS + 1_000);
  strictEqual(made.read(), "a");
});

Deno.test("StatusFile.run() leaves the last status behind, and what comes after its end", async () => {
  await using made = await statusFile();
  made.change("a");
  await made.stop();
  strictEqual(made.read(), "a");
  made.change("b");
  strictEqual(made.read(), "b");
});

Deno.test("StatusFile.write() tells once that nothing can be written, and goes on", async () => {
  await using made = await statusFile();
  await Deno.mkdir(made.path);
  await Deno.writeTextFile(`${made.path}/x`, "");
  made.change("a");
  await made.clock.advance(2_000);
  made.change("b");
  await made.clock.advance(2_000);
  strictEqual(made.log.entries.length, 1);
  await Deno.remove(made.path, { recursive: true });
  made.change("c");
  await made.clock.advance(2_000);
  strictEqual(made.read(), "c");
});
