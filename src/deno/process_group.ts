/** Milliseconds between two looks whether a group has gone. */
const LOOK_MS = 10;

/** Milliseconds that a killed group may take to vanish; only the kernel can delay it. */
const VANISH_MS = 100;

/**
 * Milliseconds of grace once the child has ended and nobody holds its output. What is left then is
 * mostly zombies, which count as members of the group until somebody reaps them: where the agent is
 * process 1 of a container, nobody ever does.
 */
const REST_MS = 250;

/** A child and whatever it started, as long as that stayed in its process group. */
export class ProcessGroup {
  readonly #child: Deno.ChildProcess;
  #ended = false;
  #silent = false;

  /** `output` settles when nobody holds the child's output any more. */
  constructor(child: Deno.ChildProcess, output: Promise<unknown>) {
    this.#child = child;
    const end = () => {
      this.#ended = true;
    };
    child.status.then(end, end);
    output.then(() => {
      this.#silent = true;
    });
  }

  /** Asks the group to end, and ends it after `graceMs`. Resolves when nothing of it is left. */
  async end(graceMs: number): Promise<void> {
    this.#signal("SIGTERM");
    if (await this.#gone(graceMs)) return;
    this.#signal("SIGKILL");
    await this.#gone(VANISH_MS);
  }

  /** Ends the group without asking. */
  kill(): void {
    if (this.#alive()) this.#signal("SIGKILL");
  }

  async #gone(withinMs: number): Promise<boolean> {
    const end = performance.now() + withinMs;
    let rest = Infinity;
    while (this.#alive()) {
      const now = performance.now();
      if (this.#ended && this.#silent) rest = Math.min(rest, now + REST_MS);
      if (now >= Math.min(end, rest)) return false;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    return true;
  }

  #alive(): boolean {
    if (!this.#ended) return true;
    try {
      // deno-lint-ignore no-explicit-any -- signal 0 only asks; the types do not know it
      Deno.kill(-this.#child.pid, 0 as any);
      return true;
    } catch {
      return false;
    }
  }

  /** Without the unscoped run permission a group cannot be signalled, only the child. */
  #signal(signal: "SIGTERM" | "SIGKILL"): void {
    try {
      Deno.kill(-this.#child.pid, signal);
      return;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
    }
    try {
      this.#child.kill(signal);
    } catch {
      // It has ended already.
    }
  }
}
