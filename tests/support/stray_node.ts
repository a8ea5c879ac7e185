/**
 * A node as `machinist run` makes one, with a watcher type that forgets what it started: run by tests/e2e/strays_test.ts
 * with a machines directory. Prints a line for each look of the machine beside it.
 */
import { Agent, catchStrays, createLog, denoPorts, type WatcherType } from "../../mod.ts";
import { MemoryKv } from "../../src/testing/mod.ts";

const [directory = ""] = Deno.args;
const { fetch: _fetch, ...ports } = denoPorts({ node: { identity: "n1" } });
const log = createLog({ write: (line) => console.error(line.trimEnd()) });
const UNCHANGED = { result: "unchanged", reason: "as before" } as const;

/** Each look leaves one more thing behind that nobody waits for. */
const forgetful: WatcherType = {
  type: "forgetful",
  create: () => ({
    watch: () => {
      Promise.reject(new Error("a promise that was forgotten"));
      setTimeout(() => {
        throw new Error("a timer that was forgotten");
      });
      queueMicrotask(() => {
        throw new Error("a callback that was forgotten");
      });
      return Promise.resolve(UNCHANGED);
    },
  }),
};

const careful: WatcherType = {
  type: "careful",
  create: () => ({
    watch: () => {
      console.log("looked");
      return Promise.resolve(UNCHANGED);
    },
  }),
};

const unused = () => Promise.reject(new Error("no archives here"));
const stop = new AbortController();
Deno.addSignalListener("SIGTERM", () => stop.abort());
await using _strays = catchStrays(log);
await using agent = new Agent({ directory, manager: false, types: [forgetful, careful] }, {
  ...ports,
  log,
  kv: new MemoryKv(),
  events: { publish() {} },
  installer: { install: unused, check: unused },
});
await agent.run({ signal: stop.signal });
