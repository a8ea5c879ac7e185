import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { askAgent } from "../../src/agent/ask_agent.ts";
import { ControlInbox } from "../../src/agent/control_inbox.ts";
import { DenoFs } from "../../src/deno/fs.ts";
import { FakeClock } from "../../src/testing/fake_clock.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const fs = new DenoFs();

async function fixture() {
  const directory = await temporaryDirectory();
  const clock = new FakeClock();
  const fired: string[] = [];
  const stop = new AbortController();
  const inbox = new ControlInbox({
    fs,
    clock,
    log: new MemoryLog(),
    directory: `${directory.path}/control`,
    fire: (machine, event) => {
      if (machine === "none") return Promise.reject(new RangeError("Cannot fire: none runs"));
      fired.push(`${machine} ${event}`);
      return Promise.resolve(event !== "odd");
    },
  });
  const running = inbox.run({ signal: stop.signal });
  return { directory, clock, fired, stop, running, state: directory.path };
}

Deno.test("ControlInbox.run() answers what is asked, in order, and leaves nothing behind", async () => {
  const { directory, clock, fired, stop, running, state } = await fixture();
  await using _directory = directory;
  const ask = async (machine: string, event: string) => {
    const asking = askAgent({ machine, event }, { fs, clock, state, timeoutMs: 5_000 });
    await clock.advance(1_000);
    return await asking;
  };
  deepStrictEqual(await ask("one", "go"), { ok: true });
  deepStrictEqual(await ask("one", "odd"), {
    ok: false,
    reason: 'it has no event "odd" in its present state',
  });
  deepStrictEqual(await ask("none", "go"), { ok: false, reason: "Cannot fire: none runs" });
  deepStrictEqual(fired, ["one go", "one odd"]);
  strictEqual([...Deno.readDirSync(`${state}/control`)].length, 0);
  stop.abort();
  await running;
});

Deno.test("ControlInbox.run() survives requests that are none, and a box that is taken away", async () => {
  const { directory, clock, fired, stop, running, state } = await fixture();
  await using _directory = directory;
  const texts = ["{", "[]", "null", '{"machine":1,"event":"x"}'];
  for (const [index, text] of texts.entries()) {
    Deno.writeTextFileSync(`${state}/control/${index}.json`, text);
  }
  Deno.writeTextFileSync(`${state}/control/readme.txt`, "not for the agent");
  Deno.symlinkSync("/etc/passwd", `${state}/control/a.json`);
  await clock.advance(1_000);
  deepStrictEqual(fired, []);
  const left = [...Deno.readDirSync(`${state}/control`)].map(({ name }) => name).sort();
  deepStrictEqual(left, ["0.answer", "1.answer", "2.answer", "3.answer", "a.json", "readme.txt"]);
  Deno.removeSync(`${state}/control`, { recursive: true });
  await clock.advance(1_000);
  stop.abort();
  await running;
});

Deno.test("askAgent() gives up when nobody answers", async () => {
  await using directory = await temporaryDirectory();
  const clock = new FakeClock();
  const request = { machine: "one", event: "go" };
  const options = { fs, clock, state: directory.path, timeoutMs: 2_000 };
  strictEqual(await askAgent(request, options), undefined);
  Deno.mkdirSync(`${directory.path}/control`);
  const asking = askAgent(request, options);
  await clock.advance(3_000);
  strictEqual(await asking, undefined);
  strictEqual([...Deno.readDirSync(`${directory.path}/control`)].length, 0);
});
