import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { Latch } from "../util/latch.ts";
import { firstOf } from "../util/race.ts";
import { isAbort, runAll } from "../util/run_all.ts";
import type { AssembledWatcher } from "./assemble.ts";
import { driveHints } from "./hints.ts";
import { outcomeStatus, type WatcherStatus } from "./status.ts";
import type { Cause, Data, MachineFacts, Outcome } from "./watcher.ts";

/** What a loop asks of its machine. */
export interface LoopMachine {
  /** The machine as of now. */
  facts(): MachineFacts;
  /** The machine's data as of now. */
  data(): Data;
  /** Whether a watcher looks in the machine's present state. */
  isActive(watcher: AssembledWatcher): boolean;
  /** Expands a template. */
  template(text: string, signal: AbortSignal): Promise<string>;
  /** Acts on what a look found, in its turn. */
  settle(loop: WatcherLoop, look: Look): Promise<void>;
  /** Publishes the state of a watcher again. */
  announce(loop: WatcherLoop): void;
}

/** A look that has ended. */
export interface Look {
  /** What it found. */
  readonly outcome: Outcome;
  /** How long it took, milliseconds. */
  readonly tookMs: number;
}

/** Options of {@linkcode WatcherLoop}. */
export interface WatcherLoopOptions {
  /** What looks, and when. */
  readonly watcher: AssembledWatcher;
  /** The machine that acts. */
  readonly machine: LoopMachine;
  /** Time. */
  readonly clock: Clock;
  /** Where trouble is told. */
  readonly log: Log;
  /** Numbers in [0, 1). */
  readonly random: () => number;
}

/** Looks that ask to be repeated at once are this far apart, milliseconds. */
export const MIN_AGAIN_MS = 10;

/** Of several causes that fold into one look, the first of these is told. */
const WEIGHT: Readonly<Record<Cause, number>> = {
  start: 0,
  state: 1,
  data: 2,
  wake: 3,
  again: 4,
  interval: 5,
};

/**
 * The life of one watcher: it looks at the start, at intervals, and when its state, its data or its own hints
 * ask for it, while the machine is in a state for it; never twice at a time. Wake-ups while it looks fold into
 * one look afterwards. What a look throws is a failure; what it finds after its state was left is dropped.
 */
export class WatcherLoop {
  readonly #watcher: AssembledWatcher;
  readonly #machine: LoopMachine;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #random: () => number;
  readonly #rung = new Latch();
  readonly #activated = new Latch();
  #pending: Cause | undefined;
  #due: { readonly at: number; readonly cause: Cause } | undefined;
  #active = false;
  /** Whether a cause was taken whose look has not counted yet. */
  #looking = false;
  #look: AbortScope | undefined;
  #hints: AbortScope | undefined;
  #last: (Look & { readonly at: number }) | undefined;
  #looks = 0;

  /** Does nothing yet: {@linkcode WatcherLoop.run} is its life. */
  constructor(options: WatcherLoopOptions) {
    this.#watcher = options.watcher;
    this.#machine = options.machine;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#random = options.random;
  }

  /** What looks, and when. */
  get watcher(): AssembledWatcher {
    return this.#watcher;
  }

  /** The last look that counted. */
  get last(): Look | undefined {
    return this.#last;
  }

  /** Runs until `signal` aborts. */
  async run(options: { readonly signal: AbortSignal }): Promise<void> {
    this.#active = this.#machine.isActive(this.#watcher);
    if (this.#active) {
      this.#activated.ring();
      this.#begin();
    }
    const tasks = [(signal: AbortSignal) => this.#watch(signal)];
    const { wakes } = this.#watcher.watcher;
    if (wakes !== undefined) tasks.push((signal) => this.#listen(signal));
    const { announceMs } = this.#watcher;
    if (announceMs !== undefined) tasks.push((signal) => this.#announce(announceMs, signal));
    await runAll(tasks, options);
  }

  /** Asks for a look; while one is under way, for another one afterwards. */
  ring(cause: Cause): void {
    if (this.#pending === undefined || WEIGHT[cause] < WEIGHT[this.#pending]) {
      this.#pending = cause;
    }
    this.#rung.ring();
  }

  /**
   * The machine has another state, or (`isForeign`) another machine has: a look that is no longer wanted is
   * aborted; one is asked for when the watcher is active.
   */
  refresh(options: { readonly isForeign?: boolean } = {}): void {
    const was = this.#active;
    this.#active = this.#machine.isActive(this.#watcher);
    if (!this.#active) {
      this.#pending = undefined;
      this.#due = undefined;
      this.#look?.abort();
      this.#hints?.abort();
    } else if (!was || options.isForeign !== true) {
      if (!was) this.#activated.ring();
      this.ring("state");
    }
  }

  /** Remembers a look that counts. */
  count(look: Look): void {
    this.#looking = false;
    this.#last = { ...look, at: this.#clock.now() };
    this.#looks++;
  }

  /** The watcher as of now. */
  status(): WatcherStatus {
    const { name, type } = this.#watcher.definition;
    return {
      name,
      type,
      active: this.#active,
      pending: this.#looking || this.#pending !== undefined,
      looks: this.#looks,
      outcome: this.#last === undefined ? undefined : outcomeStatus(this.#last.outcome),
      at: this.#last?.at,
      tookMs: this.#last?.tookMs,
    };
  }

  #begin(): void {
    const { watcher, intervalMs } = this.#watcher;
    const { atStart = true, gatherMs } = watcher.pace ?? {};
    if (atStart) {
      this.ring("start");
      return;
    }
    const wait = gatherMs === undefined ? intervalMs : this.#random() * gatherMs;
    if (wait !== undefined) this.#due = { at: this.#clock.monotonic() + wait, cause: "interval" };
  }

  async #watch(signal: AbortSignal): Promise<void> {
    for (;;) {
      const cause = await this.#next(signal);
      if (cause === undefined || !this.#active) {
        this.#looking = false;
        continue;
      }
      const began = this.#clock.monotonic();
      const outcome = await this.#lookOnce(cause, signal);
      this.#looking = false;
      signal.throwIfAborted();
      if (this.#active) this.#plan({ cause, began, again: outcome?.again });
    }
  }

  /** Waits for a reason to look. */
  async #next(signal: AbortSignal): Promise<Cause | undefined> {
    const due = this.#due;
    if (!this.#rung.rung) {
      if (due === undefined) {
        await this.#rung.wait({ signal });
      } else {
        const wait = Math.max(0, due.at - this.#clock.monotonic());
        const rung = (inner: AbortSignal) => this.#rung.wait({ signal: inner }).then(() => true);
        const slept = (inner: AbortSignal) =>
          this.#clock.sleep(wait, { signal: inner }).then(() => false);
        const isRung = await firstOf([rung, slept], { signal });
        if (!isRung) {
          // A state that was left meanwhile has taken the plan away.
          if (this.#due !== due) return undefined;
          this.#due = undefined;
          this.#looking = true;
          return due.cause;
        }
      }
    } else {
      await this.#rung.wait({ signal });
    }
    const cause = this.#pending;
    this.#pending = undefined;
    this.#looking = true;
    return cause;
  }

  /** When to look next, unless something happens before. */
  #plan(ended: { cause: Cause; began: number; again: number | undefined }): void {
    const now = this.#clock.monotonic();
    const { intervalMs } = this.#watcher;
    if (ended.again !== undefined && !Number.isNaN(ended.again)) {
      this.#due = { at: now + Math.max(MIN_AGAIN_MS, ended.again), cause: "again" };
    } else if (intervalMs !== undefined) {
      // A fleet that started at the same moment is spread by the first interval, which is shorter.
      const share = ended.cause === "start" ? 1 - this.#random() / 2 : 1;
      this.#due = { at: Math.max(now, ended.began + intervalMs * share), cause: "interval" };
    } else {
      this.#due = undefined;
    }
  }

  async #lookOnce(cause: Cause, signal: AbortSignal): Promise<Outcome | undefined> {
    const began = this.#clock.monotonic();
    using scope = new AbortScope(signal);
    this.#look = scope;
    const { definition, watcher, intervalMs } = this.#watcher;
    let outcome: Outcome;
    try {
      outcome = await watcher.watch({
        cause,
        machine: this.#machine.facts(),
        watcher: { name: definition.name, type: definition.type, intervalMs },
        data: this.#machine.data(),
        previous: this.#last?.outcome,
        template: (text) => this.#machine.template(text, scope.signal),
        signal: scope.signal,
      });
    } catch (error) {
      if (scope.signal.aborted && isAbort(error, scope.signal)) return undefined;
      outcome = failureOf(error);
    } finally {
      this.#look = undefined;
    }
    if (scope.signal.aborted) return undefined;
    await this.#machine.settle(this, { outcome, tookMs: this.#clock.monotonic() - began });
    return outcome;
  }

  async #listen(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#activated.wait({ signal });
      if (!this.#active) continue;
      using scope = new AbortScope(signal);
      this.#hints = scope;
      await driveHints(this.#watcher.watcher, {
        signal: scope.signal,
        clock: this.#clock,
        random: this.#random,
        log: this.#log,
        machine: this.#machine.facts(),
        template: (text) => this.#machine.template(text, scope.signal),
        onHint: () => this.#active && this.ring("wake"),
      });
      this.#hints = undefined;
      signal.throwIfAborted();
    }
  }

  async #announce(intervalMs: number, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(intervalMs, { signal });
      this.#machine.announce(this);
    }
  }
}

function failureOf(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  const named = error instanceof Error && "code" in error ? error.code : undefined;
  return { result: "failure", reason, code: typeof named === "string" ? named : "look_failed" };
}
