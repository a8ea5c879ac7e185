import type { MachineDefinition } from "../machine/definition.ts";
import type { Machine } from "../machine/machine.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Verdict } from "../ports/neighbours.ts";
import { Latch } from "../util/latch.ts";
import { firstOf } from "../util/race.ts";
import { isAbort } from "../util/run_all.ts";
import type { HostedMachine, Phase } from "./hosted_machine.ts";
import { type Candidate, Live } from "./live.ts";
import { phaseOf } from "./phase.ts";
import type { Present } from "./plan.ts";
import { Retries } from "./retries.ts";

/** Options of {@linkcode Slot}. */
export interface SlotOptions {
  /** Name of the directory. */
  readonly directory: string;
  /** Whether the machine comes with the agent. */
  readonly embedded: boolean;
  /** Time. */
  readonly clock: Clock;
  /** Numbers in [0, 1). */
  readonly random: () => number;
  /** Where starts, ends and failures are told. */
  readonly log: Log;
  /** Makes a machine; throws ManifestError when that is not possible. */
  readonly make: (definition: MachineDefinition, onChange: () => void) => Machine;
  /** Asked right before every start. */
  readonly admit: (signal: AbortSignal) => Promise<Verdict>;
  /** Called when the status may have changed. */
  readonly onChange: () => void;
  /** Called when a machine has come or gone. */
  readonly onLive: () => void;
  /** Called when the last hold was let go. */
  readonly onRelease: () => void;
}

/** A machine that ran for this long was well: its next crash counts as the first, milliseconds. */
export const STABLE_MS = 300_000;

/**
 * The life of what runs from one directory: one thing at a time, whatever is asked for meanwhile. A new
 * manifest takes over only when it can be made and may run; until then the old one goes on. What crashes is
 * started again, later each time.
 */
export class Slot {
  readonly #options: SlotOptions;
  readonly #latch = new Latch();
  readonly #retries: Retries;
  #wanted: Candidate | undefined;
  #live: Live | undefined;
  #holds = 0;
  #phase: Phase = "waiting";
  #since: number;

  /** Has nothing to run yet. */
  constructor(options: SlotOptions) {
    this.#options = options;
    this.#retries = new Retries(options);
    this.#since = options.clock.now();
  }

  /** The machine, while it runs. */
  get machine(): Machine | undefined {
    return this.#live?.machine;
  }

  /** What runs, or is meant to. */
  get present(): Present | undefined {
    const candidate = this.#wanted ?? this.#live?.candidate;
    if (candidate === undefined) return undefined;
    // What is only still stopping holds its name, but is not what the directory wants to run.
    const digest = this.#wanted?.digest ?? "";
    return { directory: this.#options.directory, name: candidate.definition.name, digest };
  }

  /** Whether there is nothing left to do. */
  get isIdle(): boolean {
    return this.#wanted === undefined && this.#live === undefined && this.#holds === 0 &&
      this.#retries.problem === undefined;
  }

  /** Whether somebody holds the directory. */
  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** This is to run. Ignored while held: whoever lets go has the directory looked at again. */
  offer(candidate: Candidate): void {
    if (this.#holds > 0) return;
    this.#wanted = candidate;
    this.#retries.reset();
    this.#changed();
    this.#latch.ring();
  }

  /** What runs is what the directory holds: an earlier complaint about the directory is settled. */
  confirm(): void {
    const isSettled = this.#live?.isStopping === false && this.#wanted === this.#live.candidate;
    if (!isSettled || this.#retries.problem === undefined) return;
    this.#retries.clear();
    this.#changed();
  }

  /** Nothing is to run any more: whether that is news. */
  withdraw(): boolean {
    if (this.#wanted === undefined && this.#retries.problem === undefined) return false;
    this.#wanted = undefined;
    this.#retries.clear();
    this.#changed();
    this.#latch.ring();
    return true;
  }

  /** What the directory holds cannot run; what runs goes on. */
  refuse(problem: { readonly code: string; readonly reason: string }): void {
    if (this.#retries.problem?.reason === problem.reason || this.#holds > 0) return;
    // What is wanted stays what runs, if anything does.
    this.#wanted = this.#live?.candidate;
    this.#fail(problem, { isFinal: true });
  }

  /** What runs may not go on: it is stopped, and started again once it is admitted. */
  suspect(problem: { readonly code: string; readonly reason: string }): void {
    // While it is held nothing runs from there but what is ending.
    if (this.#live === undefined || this.#live.isStopping || this.#holds > 0) return;
    this.#live.stop();
    this.#fail(problem);
    this.#latch.ring();
  }

  /** Stops what runs, and keeps everything from starting until the answer is disposed. */
  async hold(options: { readonly signal: AbortSignal }): Promise<AsyncDisposable> {
    options.signal.throwIfAborted();
    this.#holds++;
    this.#wanted = undefined;
    this.#retries.clear();
    this.#changed();
    this.#latch.ring();
    let held = true;
    const release = (): Promise<void> => {
      if (held && --this.#holds === 0) {
        this.#changed();
        this.#latch.ring();
        this.#options.onRelease();
      }
      held = false;
      return Promise.resolve();
    };
    try {
      while (this.#live !== undefined) await this.#live.untilEnded(options);
    } catch (error) {
      await release();
      throw error;
    }
    return { [Symbol.asyncDispose]: release };
  }

  /** Runs until it is idle or `signal` aborts, then resolves once the machine has ended. Never rejects. */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    const { signal } = options;
    while (!signal.aborted && !this.isIdle) {
      try {
        await this.#turn(signal);
      } catch (error) {
        if (!signal.aborted || !isAbort(error, signal)) this.#fail(error);
      }
    }
    if (!signal.aborted) return;
    this.#wanted = undefined;
    await this.#stop();
    this.#changed();
  }

  /** The directory as of now. */
  status(): HostedMachine {
    const { directory, embedded } = this.#options;
    const candidate = this.#live?.candidate ?? this.#wanted;
    return {
      directory,
      embedded,
      name: candidate?.definition.name,
      phase: this.#phase,
      since: this.#since,
      digest: embedded ? undefined : this.#live?.candidate.digest,
      problem: this.#retries.problem,
      warnings: candidate?.warnings ?? [],
      machine: this.#live?.machine.status(),
    };
  }

  /** Something about the machine has changed: its phase is worked out anew. */
  #changed(): void {
    const phase = phaseOf({
      live: this.#live,
      isHeld: this.isHeld,
      hasProblem: this.#retries.problem !== undefined,
      isWanted: this.#wanted !== undefined,
    });
    if (phase !== this.#phase) {
      this.#phase = phase;
      this.#since = this.#options.clock.now();
    }
    this.#options.onChange();
  }

  /** One step of the loop: stop, start, or wait until something is to be done. */
  async #turn(signal: AbortSignal): Promise<void> {
    const wanted = this.#wanted;
    if (this.#live?.isStopping || (this.#live !== undefined && wanted === undefined)) {
      await this.#stop();
      return;
    }
    if (wanted !== undefined && wanted !== this.#live?.candidate && this.#retries.isDue) {
      this.#retries.take();
      await this.#bring(wanted, signal);
      return;
    }
    await this.#wait(signal);
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const waits = [(inner: AbortSignal) => this.#latch.wait({ signal: inner })];
    const { clock } = this.#options;
    const { dueAt } = this.#retries;
    if (dueAt !== undefined) {
      const ms = Math.max(0, dueAt - clock.monotonic());
      waits.push((inner) => clock.sleep(ms, { signal: inner }));
    }
    await firstOf(waits, { signal });
  }

  /** Makes, asks, and only then stops what runs and starts. */
  async #bring(wanted: Candidate, signal: AbortSignal): Promise<void> {
    let machine: Machine;
    try {
      machine = this.#options.make(wanted.definition, () => this.#changed());
    } catch (error) {
      // It is what it is: another try is of use only when the manifest has changed.
      this.#fail(error, { isFinal: true });
      return;
    }
    const verdict = await this.#options.admit(signal);
    if (this.#wanted !== wanted) return;
    if (!verdict.ok) {
      this.#fail(verdict);
      if (verdict.stops) await this.#stop();
      return;
    }
    await this.#stop();
    if (this.#wanted !== wanted || signal.aborted) return;
    this.#start(wanted, machine);
  }

  #start(candidate: Candidate, machine: Machine): void {
    const { clock, log, onLive } = this.#options;
    const began = clock.monotonic();
    const onEnd = (live: Live, error: unknown) => this.#ended(live, error);
    this.#live = new Live({ candidate, machine, began, onEnd });
    this.#retries.clear();
    log.info("The machine runs", { version: candidate.definition.version });
    this.#changed();
    onLive();
  }

  /** A machine has ended: as it was told to, or by itself. */
  #ended(live: Live, error: unknown): void {
    this.#live = undefined;
    if (!live.isStopping) {
      if (this.#options.clock.monotonic() - live.began >= STABLE_MS) this.#retries.forgive();
      this.#fail(error ?? new Error("Cannot keep the machine running: it has ended by itself"));
    } else if (error !== undefined) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.warn("The machine did not end well", { reason });
    }
    this.#changed();
    this.#latch.ring();
    this.#options.onLive();
  }

  async #stop(): Promise<void> {
    const live = this.#live;
    if (live === undefined) return;
    live.stop();
    this.#changed();
    await live.ended;
  }

  #fail(error: unknown, options: { readonly isFinal?: boolean } = {}): void {
    const { code, reason, attempts } = this.#retries.fail(error, options);
    this.#options.log.error("The machine does not run", { code, reason, attempts });
    this.#changed();
  }
}
