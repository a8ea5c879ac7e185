import { parseDuration } from "../util/duration.ts";
import { ManifestError } from "./manifest_error.ts";
import type { Data } from "./watcher.ts";

/** A finite state machine and what watches the world for it: a `machine.yaml`, or the same made in code. */
export interface MachineDefinition {
  /** Name of the machine. */
  readonly name: string;
  /** Version of the machine, as its maker counts. */
  readonly version: string;
  /** The state in which every run begins. */
  readonly initialState: string;
  /**
   * The machine starts after a random part of this many whole seconds.
   * @default {0}
   */
  readonly splayStartSeconds?: number;
  /** What leads from state to state. */
  readonly transitions: readonly TransitionDefinition[];
  /** What looks at the world. */
  readonly watchers: readonly WatcherDefinition[];
}

/** An event, the states in which it may happen, and the state to which it leads. */
export interface TransitionDefinition {
  /** The event. Several transitions may share it. */
  readonly name: string;
  /** States in which it may happen. */
  readonly from: readonly string[];
  /** State to which it leads. */
  readonly destination: string;
  /** For people. */
  readonly description?: string;
  /** Transitions of other machines of this host that fire this one. */
  readonly subscribe?: readonly Subscription[];
}

/** A transition of another machine on the same host. */
export interface Subscription {
  /** Name of the other machine. */
  readonly machineName: string;
  /** Its event. */
  readonly event: string;
}

/** One watcher of a machine. */
export interface WatcherDefinition {
  /** Name, unique in its machine. */
  readonly name: string;
  /** Which watcher type looks. */
  readonly type: string;
  /** States in which it is active; none: in all. */
  readonly stateMatch?: readonly string[];
  /** States that other machines of this host must have for it to be active. */
  readonly foreignStates?: readonly ForeignState[];
  /** Event fired by a failure. */
  readonly failTransition?: string;
  /** Event fired by a success. */
  readonly successTransition?: string;
  /** Time between looks, for example `1m`; the type's default when not given. */
  readonly interval?: string;
  /** Time between repetitions of its last state on the bus; not repeated when not given. */
  readonly announceInterval?: string;
  /** What its type makes of it. */
  readonly properties?: Data;
}

/** A state that another machine of the same host must have. */
export interface ForeignState {
  /** Name of the other machine. */
  readonly machineName: string;
  /** The state. */
  readonly state: string;
}

/** Shortest time between announcements, milliseconds. */
export const MIN_ANNOUNCE_MS = 60_000;

/** Options of {@linkcode validateDefinition}. */
export interface ValidateOptions {
  /** File that errors name; the machine's name when not given. */
  readonly file?: string;
  /** Line of a place such as `watchers[1].type`. */
  readonly lineOf?: (path: string) => number | undefined;
}

/** Every state that a machine can have: the initial one, and all that transitions name. */
export function knownStates(definition: MachineDefinition): ReadonlySet<string> {
  const states = new Set([definition.initialState]);
  for (const transition of definition.transitions) {
    states.add(transition.destination);
    for (const from of transition.from) states.add(from);
  }
  return states;
}

/** Throws ManifestError for the first rule of the reference, in its order, that a definition breaks. */
export function validateDefinition(
  definition: MachineDefinition,
  options: ValidateOptions = {},
): void {
  const refuse = (path: string, reason: string, cause?: unknown): never => {
    const file = options.file ?? definition.name;
    const line = options.lineOf?.(path);
    throw new ManifestError({ reason, code: "manifest_invalid", file, path, line, cause });
  };
  if (definition.name === "") refuse("name", "a machine name is required");
  if (definition.version === "") refuse("version", "a machine version is required");
  if (definition.initialState === "") refuse("initial_state", "an initial state is required");
  if (definition.transitions.length === 0) refuse("transitions", "no transitions defined");
  if (definition.watchers.length === 0) refuse("watchers", "no watchers defined");
  const states = knownStates(definition);
  const events = new Set(definition.transitions.map((transition) => transition.name));
  for (const [index, watcher] of definition.watchers.entries()) {
    const found = watcherProblem(watcher, { states, events });
    if (found !== undefined) {
      refuse(`watchers[${index}].${found.key}`, found.reason, found.cause);
    }
  }
  for (const [index, transition] of definition.transitions.entries()) {
    for (const [item, { machineName, event }] of (transition.subscribe ?? []).entries()) {
      const missing = machineName === "" ? "machine name" : event === "" ? "event name" : undefined;
      if (missing === undefined) continue;
      const reason = `${missing} is required on subscription for transition "${transition.name}"`;
      refuse(`transitions[${index}].subscribe[${item}]`, reason);
    }
  }
}

interface Known {
  readonly states: ReadonlySet<string>;
  readonly events: ReadonlySet<string>;
}

interface Problem {
  readonly key: string;
  readonly reason: string;
  readonly cause?: unknown;
}

function watcherProblem(watcher: WatcherDefinition, known: Known): Problem | undefined {
  const { name, announceInterval = "", failTransition = "", successTransition = "" } = watcher;
  const announce = announceInterval === "" ? undefined : announceProblem(name, announceInterval);
  if (announce !== undefined) return announce;
  const state = watcher.stateMatch?.find((wanted) => !known.states.has(wanted));
  if (state !== undefined) {
    const reason = `invalid state ${state} in state match for watcher ${name}`;
    return { key: "state_match", reason };
  }
  if (failTransition !== "" && !known.events.has(failTransition)) {
    const reason = `invalid fail_transition ${failTransition} specified in watcher ${name}`;
    return { key: "fail_transition", reason };
  }
  if (successTransition !== "" && !known.events.has(successTransition)) {
    const reason = `invalid success_transition ${successTransition} specified in watcher ${name}`;
    return { key: "success_transition", reason };
  }
  return undefined;
}

function announceProblem(name: string, interval: string): Problem | undefined {
  const key = "announce_interval";
  try {
    if (parseDuration(interval) >= MIN_ANNOUNCE_MS) return undefined;
    return { key, reason: `announce interval ${interval} is too small for watcher ${name}` };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    return { key, reason: `unknown announce interval for watcher ${name}: ${why}`, cause };
  }
}
