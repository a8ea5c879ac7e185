import { ArchiveError } from "../archive/errors.ts";
import { uncrossError } from "./crossed_error.ts";
import { workerUrl } from "./worker_url.ts";
import type { WorkerAnswer, WorkerAsk, WorkerValues } from "./message.ts";

/** One worker: asks go in, answers come back in the same order. Ended for good when it fails. */
export class WorkerThread implements Disposable {
  readonly #worker: Worker;
  readonly #waiting: PromiseWithResolvers<WorkerValues[keyof WorkerValues]>[] = [];
  #failure: ArchiveError | undefined;

  constructor() {
    this.#worker = new Worker(workerUrl(), { type: "module", name: "machinist-archive" });
    this.#worker.onmessage = (event: MessageEvent<WorkerAnswer>) => this.#settle(event.data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#end(event.message);
    };
    this.#worker.onmessageerror = () => this.#end("a message could not be read");
  }

  /** Whether it can be asked. */
  get alive(): boolean {
    return this.#failure === undefined;
  }

  /** Asks, and gives the answer. Rejects with the error that the worker met, of its class. */
  async ask<K extends WorkerAsk["kind"]>(
    ask: Extract<WorkerAsk, { kind: K }>,
    options: { readonly transfer?: readonly ArrayBuffer[] } = {},
  ): Promise<WorkerValues[K]> {
    if (this.#failure !== undefined) throw this.#failure;
    const waiting = Promise.withResolvers<WorkerValues[keyof WorkerValues]>();
    this.#waiting.push(waiting);
    this.#worker.postMessage(ask, [...options.transfer ?? []]);
    return await waiting.promise as WorkerValues[K];
  }

  /** Ends the thread at once; what was asked is rejected. Its memory goes with it. */
  [Symbol.dispose](): void {
    this.#end("it was ended");
  }

  #settle(answer: WorkerAnswer): void {
    const waiting = this.#waiting.shift();
    if (answer.ok) waiting?.resolve(answer.value);
    else waiting?.reject(uncrossError(answer.error));
  }

  #end(why: string): void {
    if (this.#failure !== undefined) return;
    this.#failure = new ArchiveError(`Cannot use worker: ${why}`, { code: "worker" });
    this.#worker.terminate();
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}
