import { deepStrictEqual, match } from "node:assert/strict";
import { transitionEvent, watcherEvent } from "../../src/events/event.ts";

const ORIGIN = {
  identity: "ginkgo.example.net",
  instance: "1234567890",
  machine: "ginkgo",
  version: "1.0.0",
  time: Date.UTC(2020, 11, 2, 16, 2, 33, 987),
};

/** A body without its id, which is random. */
function withoutId({ id, ...rest }: Readonly<Record<string, unknown>>): unknown {
  match(String(id), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  return rest;
}

Deno.test("transitionEvent() has exactly the reference's fields", () => {
  const event = transitionEvent(ORIGIN, { transition: "t1", from: "s1", to: "s2" });
  deepStrictEqual(event.subject, "choria.machine.transition");
  deepStrictEqual(withoutId(event.body), {
    specversion: "1.0",
    source: "io.choria.machine",
    type: "io.choria.machine.v1.transition",
    subject: "ginkgo.example.net",
    time: "2020-12-02T16:02:33Z",
    datacontenttype: "application/json",
    data: {
      protocol: "io.choria.machine.v1.transition",
      identity: "ginkgo.example.net",
      id: "1234567890",
      version: "1.0.0",
      timestamp: 1606924953,
      machine: "ginkgo",
      transition: "t1",
      from_state: "s1",
      to_state: "s2",
    },
  });
});

Deno.test("watcherEvent() has the reference's common fields, which extras cannot replace", () => {
  const event = watcherEvent(ORIGIN, {
    type: "exec",
    name: "check",
    extra: { command: "/bin/sh", previous_outcome: "success", identity: "other", id: "x" },
  });
  deepStrictEqual(event.subject, "choria.machine.watcher.exec.state");
  deepStrictEqual(withoutId(event.body), {
    specversion: "1.0",
    source: "io.choria.machine",
    type: "io.choria.machine.watcher.exec.v1.state",
    subject: "ginkgo.example.net",
    time: "2020-12-02T16:02:33Z",
    datacontenttype: "application/json",
    data: {
      command: "/bin/sh",
      previous_outcome: "success",
      protocol: "io.choria.machine.watcher.exec.v1.state",
      identity: "ginkgo.example.net",
      id: "1234567890",
      version: "1.0.0",
      timestamp: 1606924953,
      type: "exec",
      machine: "ginkgo",
      name: "check",
    },
  });
});
