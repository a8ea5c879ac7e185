/** Why a scope ended that nobody gave a reason: one for all, as making one costs more than all the rest of a scope. */
const ENDED = new DOMException("The scope has ended", "AbortError");

/**
 * An abort signal of one's own that also follows a parent. Disposing it aborts it and forgets the parent, so
 * that a parent that lives for months collects no listeners (`AbortSignal.any` does).
 *
 * @example
 * ```ts
 * import { AbortScope } from "./abort_scope.ts";
 *
 * const parent = new AbortController();
 * using scope = new AbortScope(parent.signal);
 * parent.abort();
 * if (!scope.signal.aborted) throw new Error("unexpected");
 * ```
 */
export class AbortScope implements Disposable {
  readonly #controller = new AbortController();
  readonly #parents: readonly AbortSignal[];
  readonly #follow = (event: Event): void => {
    const reason = event.target instanceof AbortSignal ? event.target.reason : undefined;
    this.abort(reason);
  };

  /** Follows every parent; aborted at once when one of them is. */
  constructor(...parents: readonly AbortSignal[]) {
    this.#parents = parents;
    for (const parent of parents) {
      if (parent.aborted) {
        this.abort(parent.reason);
        return;
      }
      parent.addEventListener("abort", this.#follow, { once: true });
    }
  }

  /** Aborts when the scope or one of its parents does. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts the scope, not its parents. Aborting twice is fine. */
  abort(reason?: unknown): void {
    for (const parent of this.#parents) parent.removeEventListener("abort", this.#follow);
    this.#controller.abort(reason ?? ENDED);
  }

  /** Aborts the scope and forgets its parents. */
  [Symbol.dispose](): void {
    this.abort();
  }
}
