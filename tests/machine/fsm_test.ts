import { deepStrictEqual } from "node:assert/strict";
import { knownStates } from "../../src/machine/definition.ts";
import { availableEvents, step } from "../../src/machine/fsm.ts";

const definition = {
  transitions: [
    { name: "start", from: ["OFF", "BROKEN"], destination: "ON" },
    { name: "stop", from: ["ON"], destination: "OFF" },
    { name: "start", from: ["ON"], destination: "ON" },
    { name: "twice", from: ["OFF"], destination: "ON" },
    { name: "twice", from: ["OFF"], destination: "BROKEN" },
    { name: "", from: ["OFF"], destination: "ON" },
  ],
};

Deno.test("step() says what an event does in a state", () => {
  const cases: [string, string, ReturnType<typeof step>][] = [
    ["OFF", "start", { kind: "moved", event: "start", from: "OFF", to: "ON" }],
    ["BROKEN", "start", { kind: "moved", event: "start", from: "BROKEN", to: "ON" }],
    ["ON", "start", { kind: "stayed", event: "start", from: "ON", to: "ON" }],
    ["OFF", "stop", { kind: "impossible", event: "stop", from: "OFF" }],
    ["OFF", "unknown", { kind: "impossible", event: "unknown", from: "OFF" }],
    ["OFF", "", { kind: "nothing" }],
    ["OFF", "twice", { kind: "moved", event: "twice", from: "OFF", to: "BROKEN" }],
  ];
  for (const [state, event, expected] of cases) {
    deepStrictEqual(step(definition, { state, event }), expected);
  }
});

Deno.test("availableEvents() lists what is possible, each once, sorted", () => {
  deepStrictEqual(availableEvents(definition, "OFF"), ["start", "twice"]);
  deepStrictEqual(availableEvents(definition, "ON"), ["start", "stop"]);
  deepStrictEqual(availableEvents(definition, "NOWHERE"), []);
});

Deno.test("knownStates() joins the initial state, destinations and froms", () => {
  const states = knownStates({
    name: "m",
    version: "1",
    initialState: "LONELY",
    transitions: definition.transitions,
    watchers: [],
  });
  deepStrictEqual([...states].sort(), ["BROKEN", "LONELY", "OFF", "ON"]);
});
