import type { Machine } from "../machine/machine.ts";
import type { HostedMachine } from "./hosted_machine.ts";
import type { Present } from "./plan.ts";
import type { Slot } from "./slot.ts";

/** Options of {@linkcode Slots}. */
export interface SlotsOptions {
  /** Makes the slot of a directory. */
  readonly make: (directory: string) => Slot;
  /** Called when a slot was forgotten. */
  readonly onGone: () => void;
}

/** The slots of a host by directory, each running from when there is something to do until there is not. */
export class Slots {
  readonly #slots = new Map<string, Slot>();
  readonly #tasks = new Map<Slot, Promise<void>>();
  readonly #options: SlotsOptions;
  #signal: AbortSignal | undefined;

  /** Has no slots yet. */
  constructor(options: SlotsOptions) {
    this.#options = options;
  }

  /** What runs, or is meant to. */
  get present(): readonly Present[] {
    return [...this.#slots.values()].flatMap((slot) => slot.present ?? []);
  }

  /** The machines that run. */
  get machines(): readonly Machine[] {
    return [...this.#slots.values()].flatMap((slot) => slot.machine ?? []);
  }

  /** The slot of a directory, made when there is none. Call `begin` once it has something to do. */
  get(directory: string): Slot {
    const known = this.#slots.get(directory);
    if (known !== undefined) return known;
    const slot = this.#options.make(directory);
    this.#slots.set(directory, slot);
    return slot;
  }

  /** The slot of a directory, if there is one. */
  find(directory: string): Slot | undefined {
    return this.#slots.get(directory);
  }

  /** All slots with their directories. */
  entries(): readonly (readonly [string, Slot])[] {
    return [...this.#slots];
  }

  /** From now on slots run, until `signal` aborts. */
  open(signal: AbortSignal): void {
    this.#signal = signal;
    for (const directory of this.#slots.keys()) this.begin(directory);
  }

  /** Lets a slot run until it is idle; then it is forgotten. */
  begin(directory: string): void {
    const slot = this.#slots.get(directory);
    if (slot === undefined || this.#tasks.has(slot)) return;
    if (this.#signal === undefined || this.#signal.aborted) return;
    const task = slot.run({ signal: this.#signal }).then(() => {
      this.#tasks.delete(slot);
      if (slot.isIdle) {
        this.#slots.delete(directory);
        this.#options.onGone();
      } else {
        // It was given something to do while it was ending.
        this.begin(directory);
      }
    });
    this.#tasks.set(slot, task);
  }

  /** Resolves once every slot has ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#tasks.values());
  }

  /** All directories as of now, sorted by name. */
  status(): readonly HostedMachine[] {
    return [...this.#slots].sort(([a], [b]) => a < b ? -1 : 1).map(([, slot]) => slot.status());
  }
}
