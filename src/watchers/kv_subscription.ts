import type { WakeOptions } from "../machine/watcher.ts";
import type { KvBucket } from "../ports/kv.ts";
import { AbortScope } from "../util/abort_scope.ts";
import { Latch } from "../util/latch.ts";

/** Options of {@linkcode KvSubscription}. */
export interface KvSubscriptionOptions {
  /** The key as the manifest has it: a template. */
  readonly key: string;
  /** Subject of a republish trigger, a template too; empty: the bucket's own way. */
  readonly subject: string;
}

/** Hints that a key may have changed, for a key that may itself change: its template reads facts and data. */
export class KvSubscription {
  readonly #bucket: KvBucket;
  readonly #options: KvSubscriptionOptions;
  readonly #known = new Latch();
  #key: string | undefined;
  #current: { readonly key: string; readonly scope: AbortScope } | undefined;

  /** Does nothing yet. */
  constructor(bucket: KvBucket, options: KvSubscriptionOptions) {
    this.#bucket = bucket;
    this.#options = options;
  }

  /** Says which key the last look read; hints for another one end. */
  follow(key: string): void {
    this.#key = key;
    this.#known.ring();
    if (this.#current?.key !== key) this.#current?.scope.abort();
  }

  /** The hints, until `signal` aborts. Values never come this way: whoever hears a hint asks the store. */
  async *wakes({ signal, template }: WakeOptions): AsyncGenerator<void, void, void> {
    const subject = await expanded(this.#options.subject, template);
    while (!signal.aborted) {
      const key = this.#key ?? await expanded(this.#options.key, template);
      if (key === undefined) {
        // The look that cannot expand the key says so; the one that can rings.
        await this.#known.wait({ signal }).catch(() => {});
        continue;
      }
      using scope = new AbortScope(signal);
      this.#current = { key, scope };
      const named = subject === undefined || subject === "" ? {} : { subject };
      yield* this.#bucket.changes(key, { signal: scope.signal, ...named });
      if (!scope.signal.aborted) return;
    }
  }
}

async function expanded(
  source: string,
  template: (text: string) => Promise<string>,
): Promise<string | undefined> {
  try {
    return await template(source);
  } catch {
    return undefined;
  }
}
