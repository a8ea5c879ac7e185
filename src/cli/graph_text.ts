import type { MachineDefinition } from "../machine/definition.ts";

/** One arrow of a graph. */
interface Edge {
  readonly from: string;
  readonly to: string;
  readonly event: string;
}

/** A state machine as Mermaid's `stateDiagram-v2`. */
export function mermaid(definition: MachineDefinition): string {
  const ids = new Map<string, string>();
  const lines = ["stateDiagram-v2"];
  for (const [index, state] of statesOf(definition).entries()) {
    const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(state) && state !== "state" && state !== "end";
    ids.set(state, plain ? state : `s${index}`);
    if (!plain) lines.push(`  state "${label(state)}" as s${index}`);
  }
  lines.push(`  [*] --> ${ids.get(definition.initialState)}`);
  for (const { from, to, event } of edgesOf(definition)) {
    lines.push(`  ${ids.get(from)} --> ${ids.get(to)} : ${label(event)}`);
  }
  return `${lines.join("\n")}\n`;
}

/** A state machine as Graphviz's DOT. */
export function dot(definition: MachineDefinition): string {
  const lines = [`digraph ${JSON.stringify(definition.name)} {`, "  rankdir=LR;"];
  for (const state of statesOf(definition)) {
    const shape = state === definition.initialState ? " [shape=doublecircle]" : "";
    lines.push(`  ${JSON.stringify(state)}${shape};`);
  }
  for (const { from, to, event } of edgesOf(definition)) {
    const ends = `${JSON.stringify(from)} -> ${JSON.stringify(to)}`;
    lines.push(`  ${ends} [label=${JSON.stringify(event)}];`);
  }
  return `${[...lines, "}"].join("\n")}\n`;
}

/** A state machine as data. */
export function graphData(definition: MachineDefinition): object {
  return {
    name: definition.name,
    version: definition.version,
    initial_state: definition.initialState,
    states: statesOf(definition),
    transitions: edgesOf(definition),
  };
}

/** States in the order in which the file names them. */
function statesOf(definition: MachineDefinition): readonly string[] {
  const states = new Set([definition.initialState]);
  for (const { from, destination } of definition.transitions) {
    for (const state of from) states.add(state);
    states.add(destination);
  }
  return [...states];
}

function edgesOf(definition: MachineDefinition): readonly Edge[] {
  return definition.transitions.flatMap(({ name, from, destination }) =>
    from.map((state) => ({ from: state, to: destination, event: name }))
  );
}

/** Mermaid reads these as its own signs. */
function label(text: string): string {
  return text.replace(/[":;#\n]/g, " ");
}
