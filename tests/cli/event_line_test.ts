import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { eventLine, readEvent, wantsEvent } from "../../src/cli/event_line.ts";
import { transitionEvent, watcherEvent } from "../../src/events/event.ts";

const ORIGIN = { identity: "n1", instance: "i", machine: "one", version: "1.0.0", time: 3_661_000 };

function bytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
}

const transition = readEvent(
  bytes(transitionEvent(ORIGIN, { transition: "go", from: "A", to: "B" }).body),
);
const watcher = readEvent(bytes(
  watcherEvent(ORIGIN, {
    type: "archive",
    name: "download",
    extra: { previous_outcome: "downloaded", reason: "\u001b[31mx" },
  }).body,
));

Deno.test("eventLine() writes the reference's lines, and nothing that plays with a terminal", () => {
  ok(transition !== undefined && watcher !== undefined);
  strictEqual(eventLine(transition), "[01:01:01] n1 one transitioned via event go: A => B\n");
  strictEqual(eventLine(watcher), "[01:01:01] n1 one#download archive: downloaded: ?[31mx\n");
});

Deno.test("readEvent() takes no notice of what is no event", () => {
  for (const text of ["", "{", "[]", "null", "{}", '{"data":1}']) {
    strictEqual(readEvent(bytes(text)), undefined, text);
  }
  const odd = readEvent(bytes({ data: { timestamp: "x" } }));
  ok(odd !== undefined);
  strictEqual(eventLine(odd), "[--:--:--] - -#- -: -\n");
});

Deno.test("wantsEvent() picks by machine, node and type", () => {
  ok(transition !== undefined && watcher !== undefined);
  const all = { machine: undefined, identity: undefined, type: undefined };
  deepStrictEqual([
    wantsEvent(transition, all),
    wantsEvent(transition, { ...all, type: "transition", machine: "one", identity: "n1" }),
    wantsEvent(watcher, { ...all, type: "transition" }),
    wantsEvent(watcher, { ...all, type: "archive" }),
    wantsEvent(watcher, { ...all, machine: "two" }),
    wantsEvent(watcher, { ...all, identity: "n2" }),
  ], [true, true, false, true, false, false]);
});
