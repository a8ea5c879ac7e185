import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { FanOut } from "../../src/events/sink.ts";
import { MemoryLog } from "../../src/testing/memory_log.ts";
import { MemorySink } from "../../src/testing/memory_sink.ts";

const event = (subject: string) => ({ subject, body: {} });
const subjects = (sink: MemorySink) => sink.events.map((it) => it.subject);

Deno.test("FanOut.publish() reaches every sink, in order", () => {
  const fan = new FanOut({ log: new MemoryLog() });
  const [left, right] = [new MemorySink(), new MemorySink()];
  fan.add(left);
  fan.add(right);
  fan.publish(event("a"));
  fan.publish(event("b"));
  deepStrictEqual([subjects(left), subjects(right)], [["a", "b"], ["a", "b"]]);
});

Deno.test("FanOut.publish() keeps the newest events until a sink is there", () => {
  const fan = new FanOut({ log: new MemoryLog(), limit: 2 });
  for (const subject of ["a", "b", "c"]) fan.publish(event(subject));
  const sink = new MemorySink();
  fan.add(sink);
  deepStrictEqual(subjects(sink), ["b", "c"]);
  strictEqual(fan.dropped, 1);
});

Deno.test("FanOut.publish() goes on past a sink that throws, and complains", () => {
  const log = new MemoryLog();
  const fan = new FanOut({ log });
  const sink = new MemorySink();
  fan.add({
    publish() {
      throw new Error("broken");
    },
  });
  fan.add(sink);
  fan.publish(event("a"));
  deepStrictEqual(subjects(sink), ["a"]);
  deepStrictEqual(log.entries.map((entry) => [entry.level, entry.fields["reason"]]), [
    ["error", "broken"],
  ]);
});

Deno.test("FanOut.publish() bounds what a sink publishes in its turn", () => {
  const fan = new FanOut({ log: new MemoryLog(), limit: 3 });
  const sink = new MemorySink();
  let left = 5;
  fan.add({
    publish() {
      if (left-- > 0) fan.publish(event(`echo ${left}`));
    },
  });
  fan.add(sink);
  fan.publish(event("a"));
  deepStrictEqual(subjects(sink), ["a", "echo 4", "echo 3", "echo 2", "echo 1", "echo 0"]);
});

Deno.test("FanOut.add() gives what takes the sink out again", () => {
  const fan = new FanOut({ log: new MemoryLog() });
  const sink = new MemorySink();
  {
    using _added = fan.add(sink);
    fan.publish(event("a"));
  }
  fan.publish(event("b"));
  deepStrictEqual(subjects(sink), ["a"]);
});
