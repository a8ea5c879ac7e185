import type { MachineDefinition } from "../machine/definition.ts";
import type { Machine } from "../machine/machine.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { Latch } from "../util/latch.ts";
import { firstOf } from "../util/race.ts";

/** What a directory holds that could run. */
export interface Candidate {
  /** SHA-256 of its `machine.yaml`; any text of its own for an embedded machine. */
  readonly digest: string;
  /** What would run. */
  readonly definition: MachineDefinition;
  /** What was odd in the manifest. */
  readonly warnings: readonly string[];
}

/** Options of {@linkcode Live}. */
export interface LiveOptions {
  /** What it runs. */
  readonly candidate: Candidate;
  /** The machine. */
  readonly machine: Machine;
  /** When it began, on the monotonic clock. */
  readonly began: number;
  /** Called once it has ended, with the error if there was one. */
  readonly onEnd: (live: Live, error: unknown) => void;
}

/** A machine that runs. */
export class Live {
  /** What it runs. */
  readonly candidate: Candidate;
  /** The machine. */
  readonly machine: Machine;
  /** When it began, on the monotonic clock. */
  readonly began: number;
  /** Resolves once it has ended, however that was. */
  readonly ended: Promise<void>;
  readonly #scope = new AbortScope();

  /** Runs the machine at once. */
  constructor(options: LiveOptions) {
    const { candidate, machine, began, onEnd } = options;
    this.candidate = candidate;
    this.machine = machine;
    this.began = began;
    this.ended = machine.run({ signal: this.#scope.signal }).then(
      () => onEnd(this, undefined),
      (error) =>
        onEnd(this, error ?? new Error("Cannot keep the machine running: no reason was given")),
    );
  }

  /** Whether it was told to stop. */
  get isStopping(): boolean {
    return this.#scope.signal.aborted;
  }

  /** Resolves once it has ended; rejects when `signal` aborts before. */
  async untilEnded({ signal }: { readonly signal: AbortSignal }): Promise<void> {
    // Nobody rings this latch: its wait ends with the signal.
    const aborted = (inner: AbortSignal) => new Latch().wait({ signal: inner });
    await firstOf([() => this.ended, aborted], { signal });
  }

  /** Tells it to stop; `ended` tells when it has. */
  stop(): void {
    this.#scope.abort();
  }
}
