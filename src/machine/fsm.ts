import type { MachineDefinition } from "./definition.ts";

/** What an event does to a machine. */
export type Step =
  | { readonly kind: "moved"; readonly event: string; readonly from: string; readonly to: string }
  | { readonly kind: "stayed"; readonly event: string; readonly from: string; readonly to: string }
  | { readonly kind: "impossible"; readonly event: string; readonly from: string }
  | { readonly kind: "nothing" };

/**
 * What `event` does in `state`, as the reference has it: of several transitions for the same event and
 * state the last one counts, an event that is not possible changes nothing, and one that leads to the state
 * that is already there (`stayed`) does not count as entering it. The empty event is nothing.
 *
 * @example
 * ```ts
 * import { step } from "./fsm.ts";
 *
 * const transitions = [{ name: "start", from: ["OFF"], destination: "ON" }];
 * const next = step({ transitions }, { state: "OFF", event: "start" });
 * if (next.kind !== "moved" || next.to !== "ON") throw new Error("unexpected");
 * ```
 */
export function step(
  definition: Pick<MachineDefinition, "transitions">,
  at: { readonly state: string; readonly event: string },
): Step {
  const { state: from, event } = at;
  if (event === "") return { kind: "nothing" };
  const found = definition.transitions.findLast((transition) =>
    transition.name === event && transition.from.includes(from)
  );
  if (found === undefined) return { kind: "impossible", event, from };
  const to = found.destination;
  return { kind: to === from ? "stayed" : "moved", event, from, to };
}

/** The events that are possible in a state, sorted, each once. */
export function availableEvents(
  definition: Pick<MachineDefinition, "transitions">,
  state: string,
): readonly string[] {
  const events = definition.transitions
    .filter((transition) => transition.name !== "" && transition.from.includes(state))
    .map((transition) => transition.name);
  return [...new Set(events)].sort();
}
