import { Machine } from "../machine/machine.ts";
import { boundLog } from "../machine/bound_log.ts";
import { FsError } from "../ports/fs.ts";
import type { Admission, Neighbours, Verdict } from "../ports/neighbours.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { joinPath } from "../util/join_path.ts";
import { Latch } from "../util/latch.ts";
import { firstOf } from "../util/race.ts";
import { Ensemble } from "./ensemble.ts";
import type { HostStatus } from "./hosted_machine.ts";
import type { EmbeddedMachine, HostOptions } from "./host_options.ts";
import { embeddedKey, KeptStates } from "./kept_states.ts";
import { plan, type Step } from "./plan.ts";
import { type Scanned, Scanner } from "./scan.ts";
import { Slot } from "./slot.ts";
import { Slots } from "./slots.ts";

/** The machines directory is listed at least this often, milliseconds. */
export const SCAN_MS = 10_000;

/** A host that stops waits this long for its machines, milliseconds. */
export const STOP_LIMIT_MS = 8_000;

/**
 * Runs every machine of a directory: starts what is new, replaces what has changed, stops what is gone, and
 * starts again what crashed. Whatever one machine does, the others go on.
 */
export class Host implements AsyncDisposable, Neighbours {
  readonly #options: HostOptions;
  readonly #scanner: Scanner;
  readonly #latch = new Latch();
  readonly #scope = new AbortScope();
  readonly #embedded: Slots;
  readonly #slots: Slots;
  readonly #ensemble: Ensemble;
  readonly #kept: KeptStates;
  #running: Promise<void> | undefined;
  #scannedAt: number | undefined;
  #problem: { readonly code: string; readonly reason: string } | undefined;
  #isTold = true;

  /** Does nothing yet: {@linkcode Host.run} is its life. */
  constructor(options: HostOptions) {
    const { ports, directory, stateDirectory } = options;
    const { fs, log } = ports;
    this.#options = options;
    this.#scanner = new Scanner({ fs, directory });
    this.#kept = new KeptStates({ fs, log, directory: joinPath(stateDirectory, "states") });
    this.#ensemble = new Ensemble(() => [...this.#embedded.machines, ...this.#slots.machines]);
    const embedded = new Map((options.embedded ?? []).map((it) => [it.definition.name, it]));
    const onGone = () => {
      this.#tell();
      // Another directory may have waited for the name.
      this.wake();
    };
    this.#embedded = new Slots({
      make: (name) => this.#makeSlot(name, embedded.get(name)),
      onGone,
    });
    this.#slots = new Slots({ make: (name) => this.#makeSlot(name), onGone });
    for (const name of embedded.keys()) this.#embedded.get(name);
  }

  /** Runs until `signal` aborts, then resolves once all machines have ended, or the limit is over. */
  run(options: { readonly signal: AbortSignal }): Promise<void> {
    if (this.#running !== undefined) {
      throw new TypeError(`Cannot run host "${this.#options.directory}": it has run already`);
    }
    this.#running = this.#run(options.signal);
    return this.#running;
  }

  /** Lists the machines directory now. */
  wake(): void {
    this.#latch.ring();
  }

  /** Stops what runs from a directory (a name, not a path) and keeps it stopped until disposed. */
  async hold(
    directory: string,
    options: { readonly signal: AbortSignal },
  ): Promise<AsyncDisposable> {
    const held = this.#slots.get(directory).hold(options);
    this.#slots.begin(directory);
    return await held;
  }

  /** Fires an event on a machine by its name: whether it was possible. Throws RangeError when none runs. */
  async fire(name: string, event: string): Promise<boolean> {
    const machine = this.#ensemble.find(name);
    if (machine === undefined) {
      throw new RangeError(`Cannot fire event "${event}" on machine "${name}": it does not run`);
    }
    return await machine.fire(event, { byHand: true });
  }

  /** Has the watchers of these types in a machine look now; does nothing when it does not run. */
  nudge(name: string, types: ReadonlySet<string>): void {
    this.#ensemble.find(name)?.nudge(types);
  }

  /** All machines as of now. */
  status(): HostStatus {
    return {
      scannedAt: this.#scannedAt,
      problem: this.#problem,
      machines: [...this.#embedded.status(), ...this.#slots.status()],
    };
  }

  /** Stops everything, as the abort of the signal of {@linkcode Host.run} does. Twice is fine. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#scope.abort();
    await this.#running;
  }

  async #run(outer: AbortSignal): Promise<void> {
    using scope = new AbortScope(outer, this.#scope.signal);
    const { signal } = scope;
    this.#embedded.open(signal);
    this.#slots.open(signal);
    const { clock } = this.#options.ports;
    while (!signal.aborted) {
      this.#reconcile();
      const rung = (inner: AbortSignal) => this.#latch.wait({ signal: inner });
      const slept = (inner: AbortSignal) => clock.sleep(SCAN_MS, { signal: inner });
      await firstOf([rung, slept], { signal }).catch(() => {});
    }
    await this.#untilEnded();
  }

  async #untilEnded(): Promise<void> {
    using scope = new AbortScope();
    const { clock, log } = this.#options.ports;
    const all = Promise.all([this.#embedded.ended(), this.#slots.ended()]);
    const ended = all.then(() => true);
    const late = (signal: AbortSignal) => clock.sleep(STOP_LIMIT_MS, { signal }).then(() => false);
    if (await firstOf([() => ended, late], { signal: scope.signal })) return;
    log.error("Some machines do not end and are left behind", { machines: this.#ensemble.names });
  }

  #reconcile(): void {
    const scanned = this.#scan();
    if (scanned === undefined) return;
    const { present } = this.#slots;
    const embedded = this.#embedded.entries().map(([name]) => name);
    const steps = plan({ scanned, present, embedded });
    const planned = new Set(steps.map((step) => step.directory));
    for (const step of steps) this.#apply(step, scanned);
    for (const [directory, slot] of this.#slots.entries()) {
      if (!planned.has(directory)) slot.withdraw();
    }
    this.#tell();
  }

  #scan(): readonly Scanned[] | undefined {
    const { directory, loads = () => true, ports: { fs, clock, log } } = this.#options;
    try {
      if (this.#scannedAt === undefined && fs.lstat(directory) === undefined) {
        fs.mkdir(directory, 0o700);
      }
      const scanned = this.#scanner.scan();
      if (this.#scannedAt === undefined) this.#kept.sweep(scanned);
      this.#scannedAt = clock.now();
      this.#problem = undefined;
      return scanned.filter(loads);
    } catch (error) {
      const code = error instanceof FsError ? error.code : "scan_failed";
      const reason = error instanceof Error ? error.message : String(error);
      // Not knowing what stands there is no reason to stop what runs.
      if (this.#problem?.reason !== reason) {
        log.error("The machines directory cannot be read", { code, reason });
      }
      this.#problem = { code, reason };
      this.#tell();
      return undefined;
    }
  }

  #apply(step: Step, scanned: readonly Scanned[]): void {
    const { directory, kind, why } = step;
    const { log } = this.#options.ports;
    const slot = this.#slots.get(directory);
    // Whoever holds it is at work in there, and has it looked at again afterwards.
    if (slot.isHeld) return;
    if (kind === "stop") {
      this.#kept.drop(directory);
      if (slot.withdraw()) log.info("A machine is stopped", { directory, why });
    } else if (kind === "refuse") {
      slot.refuse({ code: step.code, reason: why });
    } else if (kind === "keep") {
      slot.confirm();
    } else {
      const found = scanned.find((other) => other.directory === directory);
      if (found?.kind !== "machine") return;
      log.info(kind === "start" ? "A machine is started" : "A machine is replaced", {
        directory,
        machine: found.definition.name,
        why,
      });
      for (const warning of found.warnings) log.warn("A manifest is odd", { directory, warning });
      slot.offer(found);
    }
    this.#slots.begin(directory);
  }

  #makeSlot(directory: string, embedded?: EmbeddedMachine): Slot {
    const { ports, directory: root, stateDirectory, types } = this.#options;
    const admission = this.#options.admission ?? ports.admission;
    const yes: Verdict = { ok: true };
    const key = embedded === undefined ? directory : embeddedKey(directory);
    const asking: Admission = { admit: (name, asked) => this.#admit(name, asked) };
    const slot = new Slot({
      directory,
      embedded: embedded !== undefined,
      clock: ports.clock,
      random: ports.random,
      log: boundLog(ports.log, { directory }),
      make: (definition, onChange) =>
        new Machine({
          definition,
          directory: embedded?.directory ?? joinPath(root, directory),
          machinesDirectory: root,
          stateDirectory,
          startState: this.#kept.read(key, definition),
          types,
          ports: { ...ports, admission: asking },
          onChange,
          onDirectories: () => this.wake(),
          onTransition: (transition) => {
            this.#kept.note(key, { definition, transition });
            this.#ensemble.hear(transition);
          },
          stateOf: (name) => this.#ensemble.stateOf(name),
        }),
      admit: (signal) =>
        embedded === undefined ? admission.admit(directory, { signal }) : Promise.resolve(yes),
      onChange: () => this.#tell(),
      onLive: () => this.#ensemble.refreshForeign(),
      onRelease: () => this.wake(),
    });
    if (embedded !== undefined) {
      slot.offer({ digest: "", definition: embedded.definition, warnings: [] });
    }
    return slot;
  }

  /** Whoever asks and hears that what stands there is not what was signed has ended what runs from it. */
  async #admit(directory: string, options: { readonly signal: AbortSignal }): Promise<Verdict> {
    const verdict = await this.#options.ports.admission.admit(directory, options);
    if (!verdict.ok && verdict.stops) this.#slots.find(directory)?.suspect(verdict);
    return verdict;
  }

  /** Tells the status once per turn, however much has changed in it. */
  #tell(): void {
    if (!this.#isTold || this.#options.onStatus === undefined) return;
    this.#isTold = false;
    queueMicrotask(() => {
      this.#isTold = true;
      this.#options.onStatus?.(this.status());
    });
  }
}
