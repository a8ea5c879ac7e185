import {
  type Data,
  type Fetch,
  fields,
  type Outcome,
  readProperties,
  type WatchContext,
  type Watcher,
  type WatcherPace,
  type WatcherType,
} from "../../mod.ts";

/** Makes the watcher type `site`. A type is the static side of a watcher class, or any object like it. */
export function siteWatcher(fetch: Fetch): WatcherType {
  return { type: "site", create: (properties) => new SiteWatcher(properties, fetch) };
}

/** Asks whether a page is there. It looks and returns; the machine moves, stores and announces. */
class SiteWatcher implements Watcher {
  readonly pace: WatcherPace = { defaultMs: 30_000, minimumMs: 1_000 };
  readonly #url: string;
  readonly #fetch: Fetch;

  constructor(properties: Data, fetch: Fetch) {
    const { url } = readProperties(properties, { url: fields.text().required() });
    this.#url = url;
    this.#fetch = fetch;
  }

  async watch({ previous, signal, template }: WatchContext): Promise<Outcome> {
    const status = await this.#ask(await template(this.#url), signal);
    const state = status === 200 ? "up" : "down";
    const reason = `the page answers ${status}`;
    if (previous?.state === state) return { result: "unchanged", state, reason };
    return { result: state === "up" ? "success" : "failure", state, reason, data: { status } };
  }

  async #ask(url: string, signal: AbortSignal): Promise<number | string> {
    try {
      const response = await this.#fetch(new Request(url, { signal, redirect: "manual" }));
      await response.body?.cancel();
      return response.status;
    } catch {
      // Leaving the state, or stopping, is no answer of the page.
      signal.throwIfAborted();
      return "not at all";
    }
  }
}
