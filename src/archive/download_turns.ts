import { Slots } from "../util/slots.ts";

/** Downloads at a time. */
export const MAX_DOWNLOADS = 16;
/** Downloads at a time from one host: a slow one leaves places to others. */
export const MAX_DOWNLOADS_PER_HOST = 4;
/** Hosts that are told apart; more come from hostile lists only, and share their places anew. */
const MAX_HOSTS = 1_000;

/** Lets downloads wait for each other, so that neither a node nor a host has too many at once. */
export class DownloadTurns {
  readonly #all = new Slots(MAX_DOWNLOADS);
  readonly #hosts = new Map<string, Slots>();

  /** Runs `download` when its turn comes. Rejects with the signal's reason when aborted while it waits. */
  run<T>(
    host: string,
    download: () => Promise<T>,
    options: { readonly signal: AbortSignal },
  ): Promise<T> {
    let slots = this.#hosts.get(host);
    if (slots === undefined) {
      if (this.#hosts.size >= MAX_HOSTS) this.#hosts.clear();
      slots = new Slots(MAX_DOWNLOADS_PER_HOST);
      this.#hosts.set(host, slots);
    }
    return slots.run(() => this.#all.run(download, options), options);
  }
}
