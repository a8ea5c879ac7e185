import type { Ports } from "../ports/ports.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { joinPath } from "../util/join_path.ts";
import { runAll } from "../util/run_all.ts";
import { Serial } from "../util/serial.ts";
import { type AssembledWatcher, assembleWatchers, disposeWatchers } from "./assemble.ts";
import { boundLog } from "./bound_log.ts";
import { DATA_FILE, MachineData } from "./data.ts";
import { type MachineDefinition, validateDefinition } from "./definition.ts";
import { availableEvents, step } from "./fsm.ts";
import { Herald } from "./herald.ts";
import { type Look, WatcherLoop } from "./loop.ts";
import { AT_REST, nextPace, type Pace } from "./pace.ts";
import type { MachineStatus } from "./status.ts";
import { expandTemplate } from "./template.ts";
import type { MachineFacts, Outcome, WatcherType } from "./watcher.ts";

/** A machine that entered another state. */
export interface Transition {
  /** Name of the machine. */
  readonly machineName: string;
  /** The event that was fired. */
  readonly event: string;
  /** The state that was left. */
  readonly from: string;
  /** The state that was entered. */
  readonly to: string;
  /** Whether somebody asked for it from outside, and not a watcher or another machine. */
  readonly byHand: boolean;
}

/** Options of {@linkcode Machine}. */
export interface MachineOptions {
  /** What the machine is. */
  readonly definition: MachineDefinition;
  /** Absolute path of the machine's own directory. */
  readonly directory: string;
  /** Absolute path of the machines directory. */
  readonly machinesDirectory: string;
  /** Absolute path of the agent's own state. */
  readonly stateDirectory: string;
  /**
   * Path of the file that holds the machine's data.
   * @default {"<directory>/machine_data.json"}
   */
  readonly dataPath?: string;
  /**
   * The state in which it begins.
   * @default {definition.initialState}
   */
  readonly startState?: string | undefined;
  /** The watcher types that the definition may name. */
  readonly types: readonly WatcherType[];
  /** The world. */
  readonly ports: Ports;
  /** Called when the status may have changed. */
  readonly onChange?: () => void;
  /** Called with the names of directories beside the machine that a watcher changed. */
  readonly onDirectories?: (directories: readonly string[]) => void;
  /** Called when the machine has entered another state. */
  readonly onTransition?: (transition: Transition) => void;
  /** The state of another machine of the same host, by name; undefined when there is none. */
  readonly stateOf?: (machineName: string) => string | undefined;
}

/**
 * One finite state machine: its watchers look, and what they find stores data, moves the state, is published
 * and wakes others, one thing at a time. Making it checks everything that can be checked without the world
 * (ManifestError); `run` is its whole life.
 */
export class Machine {
  readonly #definition: MachineDefinition;
  readonly #options: MachineOptions;
  readonly #ports: Ports;
  readonly #instance = crypto.randomUUID();
  readonly #data: MachineData;
  readonly #herald: Herald;
  readonly #serial = new Serial();
  readonly #loops: readonly WatcherLoop[];
  #state: string;
  #pace: Pace = AT_REST;
  #startedAt: number | undefined;
  #signal: AbortSignal | undefined;

  /** Checks the definition and makes its watchers. Throws ManifestError. */
  constructor(options: MachineOptions) {
    const { definition, stateDirectory, directory } = options;
    validateDefinition(definition);
    const log = boundLog(options.ports.log, { machine: definition.name });
    this.#definition = definition;
    this.#options = options;
    this.#ports = { ...options.ports, log };
    this.#state = options.startState ?? definition.initialState;
    this.#herald = new Herald({ definition, instance: this.#instance, ports: options.ports });
    this.#data = new MachineData({
      path: options.dataPath ?? joinPath(directory, DATA_FILE),
      aside: joinPath(stateDirectory, "aside", `${definition.name}-${DATA_FILE}`),
      fs: options.ports.fs,
      log,
    });
    const { clock, random } = options.ports;
    const machine = {
      facts: () => this.#facts(),
      data: () => this.#data.all,
      isActive: (watcher: AssembledWatcher) => this.#isActive(watcher),
      template: (text: string, signal: AbortSignal) => this.#template(text, signal),
      settle: (loop: WatcherLoop, look: Look) => this.#settle(loop, look),
      announce: (loop: WatcherLoop) => this.#herald.watcher(loop),
    };
    const assembled = assembleWatchers(definition, { types: options.types, ports: options.ports });
    this.#loops = assembled.map((watcher) => {
      const bound = boundLog(log, { watcher: watcher.definition.name });
      return new WatcherLoop({ watcher, machine, clock, random, log: bound });
    });
  }

  /** Runs until `signal` aborts, then resolves once everything has ended. Rejects when it cannot go on. */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#signal !== undefined) {
      throw new TypeError(`Cannot run machine "${this.#definition.name}": it has run already`);
    }
    using scope = new AbortScope(options.signal);
    this.#signal = scope.signal;
    try {
      await runAll([(signal) => this.#live(signal)], { signal: scope.signal });
    } finally {
      scope.abort();
      await this.#serial.idle();
      await disposeWatchers(this.#loops.map((loop) => loop.watcher), this.#ports.log);
    }
  }

  /**
   * Fires an event: whether it is possible in the state that the machine has when its turn comes. `byHand`
   * when somebody asks for it from outside.
   */
  async fire(event: string, options: { readonly byHand?: boolean } = {}): Promise<boolean> {
    try {
      return await this.#serial.run(() => this.#fire(event, options));
    } catch (error) {
      // A machine that stops while an event waits for its turn does not fire it.
      if (this.#signal?.aborted) return false;
      throw error;
    }
  }

  /** Has the watchers of these types look now, those that look at all in the present state. */
  nudge(types: ReadonlySet<string>): void {
    for (const loop of this.#loops) {
      if (types.has(loop.watcher.definition.type)) loop.ring("wake");
    }
  }

  /** Another machine of the host entered a state: fires what subscribes to it, looks again at who needs it. */
  hear(transition: Pick<Transition, "machineName" | "event">): void {
    if (this.#startedAt === undefined) return;
    for (const { name, subscribe } of this.#definition.transitions) {
      const isMeant = subscribe?.some((subscription) =>
        subscription.machineName === transition.machineName &&
        subscription.event === transition.event
      );
      if (!isMeant) continue;
      this.fire(name).catch((error) => {
        const reason = messageOf(error);
        this.#ports.log.error("The event could not be fired", { event: name, reason });
      });
    }
    this.refreshForeign();
  }

  /** Another machine of the host came, went or has another state. */
  refreshForeign(): void {
    if (this.#startedAt === undefined) return;
    for (const loop of this.#loops) {
      if ((loop.watcher.definition.foreignStates?.length ?? 0) > 0) {
        loop.refresh({ isForeign: true });
      }
    }
  }

  /** The machine as of now. */
  status(): MachineStatus {
    const { name, version } = this.#definition;
    return {
      name,
      version,
      state: this.#state,
      instance: this.#instance,
      startedAt: this.#startedAt,
      directory: this.#options.directory,
      availableTransitions: availableEvents(this.#definition, this.#state),
      watchers: this.#loops.map((loop) => loop.status()),
    };
  }

  async #live(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#ports;
    this.#data.load();
    const splay = Math.floor(random() * Math.max(0, this.#definition.splayStartSeconds ?? 0));
    if (splay > 0) await clock.sleep(splay * 1_000, { signal });
    this.#startedAt = clock.now();
    this.#options.onChange?.();
    if (this.#state !== this.#definition.initialState) {
      this.#ports.log.info("The machine begins in the state that it was put in by hand", {
        state: this.#state,
      });
    }
    await runAll(this.#loops.map((loop) => (inner) => loop.run({ signal: inner })), { signal });
  }

  async #settle(loop: WatcherLoop, look: Look): Promise<void> {
    await this.#serial.run(async () => {
      // Its turn may come after the state was left that it was for.
      if (this.#signal?.aborted !== false || !this.#isActive(loop.watcher)) return;
      const { outcome, changed } = this.#store(look.outcome);
      loop.count({ ...look, outcome });
      this.#options.onChange?.();
      for (const other of this.#loops) {
        if (other !== loop && other.watcher.watcher.reads?.some((key) => changed.includes(key))) {
          other.ring("data");
        }
      }
      if (outcome.directories !== undefined && outcome.directories.length > 0) {
        this.#options.onDirectories?.(outcome.directories);
      }
      if (outcome.announce ?? outcome.result !== "unchanged") this.#herald.watcher(loop);
      const { successTransition = "", failTransition = "" } = loop.watcher.definition;
      if (outcome.result === "success") await this.#fire(successTransition);
      if (outcome.result === "failure") await this.#fire(failTransition);
    });
  }

  #store(outcome: Outcome): { readonly outcome: Outcome; readonly changed: readonly string[] } {
    if (outcome.data === undefined) return { outcome, changed: [] };
    try {
      return { outcome, changed: this.#data.put(outcome.data) };
    } catch (error) {
      const reason = messageOf(error);
      this.#ports.log.error("The machine's data cannot be stored", { reason });
      return { outcome: { result: "failure", reason, code: "data_store" }, changed: [] };
    }
  }

  async #fire(event: string, options: { readonly byHand?: boolean } = {}): Promise<boolean> {
    const signal = this.#signal;
    if (signal === undefined || signal.aborted || this.#startedAt === undefined) return false;
    const { clock, random, log } = this.#ports;
    const next = step(this.#definition, { state: this.#state, event });
    if (next.kind === "nothing") return false;
    if (next.kind === "impossible") {
      log.warn("The event is not possible in this state", { event, state: this.#state });
      return false;
    }
    const { waitMs, pace } = nextPace(this.#pace, { now: clock.monotonic(), random });
    if (waitMs > 0) await clock.sleep(waitMs, { signal });
    this.#pace = pace;
    if (next.kind === "stayed") return true;
    this.#state = next.to;
    log.info("The machine has another state", { event, from: next.from, to: next.to });
    for (const loop of this.#loops) loop.refresh();
    this.#herald.transition(next);
    this.#options.onChange?.();
    const machineName = this.#definition.name;
    const { from, to } = next;
    this.#options.onTransition?.({ machineName, event, from, to, byHand: options.byHand === true });
    return true;
  }

  #facts(): MachineFacts {
    return {
      name: this.#definition.name,
      version: this.#definition.version,
      identity: this.#ports.node.identity,
      instance: this.#instance,
      directory: this.#options.directory,
      machines: this.#options.machinesDirectory,
      stateDirectory: this.#options.stateDirectory,
      state: this.#state,
    };
  }

  #isActive(watcher: AssembledWatcher): boolean {
    const { stateMatch = [], foreignStates = [] } = watcher.definition;
    if (stateMatch.length > 0 && !stateMatch.includes(this.#state)) return false;
    return foreignStates.every(({ machineName, state }) =>
      state !== "" && this.#options.stateOf?.(machineName) === state
    );
  }

  async #template(text: string, signal: AbortSignal): Promise<string> {
    if (!text.includes("{{")) return text;
    const facts = await this.#ports.node.facts({ signal });
    return expandTemplate(text, { facts, data: this.#data.all });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
