import type { Machine, Transition } from "../machine/machine.ts";

/** The machines of a host as they know of each other. */
export class Ensemble {
  readonly #machines: () => readonly Machine[];

  /** `machines` gives those that run, whenever it is asked. */
  constructor(machines: () => readonly Machine[]) {
    this.#machines = machines;
  }

  /** Names of those that run. */
  get names(): readonly string[] {
    return this.#machines().map((machine) => machine.status().name);
  }

  /** The machine of that name, while it runs. */
  find(name: string): Machine | undefined {
    return this.#machines().find((machine) => machine.status().name === name);
  }

  /** The state of a machine, while it runs. */
  stateOf(name: string): string | undefined {
    return this.find(name)?.status().state;
  }

  /** One of them has entered another state. */
  hear(transition: Transition): void {
    for (const machine of this.#machines()) machine.hear(transition);
  }

  /** One of them has come or gone. */
  refreshForeign(): void {
    for (const machine of this.#machines()) machine.refreshForeign();
  }
}
