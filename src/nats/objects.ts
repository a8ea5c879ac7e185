import { KvError } from "../ports/kv.ts";
import { isBucketName } from "../util/kv_names.ts";
import { natsError } from "./errors.ts";
import type { NatsLink } from "./link.ts";

/** What is to be stored. */
export interface ObjectUpload {
  /** Bucket; created when there is none. */
  readonly bucket: string;
  /** Name of the object. */
  readonly name: string;
  /** The bytes. */
  readonly bytes: Uint8Array;
  /** A sentence for people. */
  readonly description?: string;
  /** Gives up. */
  readonly signal?: AbortSignal;
}

/** What was stored. */
export interface StoredObject {
  /** Bucket. */
  readonly bucket: string;
  /** Name of the object. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** `SHA-256=` and the digest in URL-safe base64, as the object store has it. */
  readonly digest: string;
}

/** Archives in NATS' object store. The library for it is loaded at the first use only. */
export class NatsObjects {
  readonly #link: NatsLink;

  /** A store over a connection of {@linkcode connectNats}. */
  constructor(link: NatsLink) {
    this.#link = link;
  }

  /** Stores an object under a name, in place of the one there. */
  async put(upload: ObjectUpload): Promise<StoredObject> {
    const { bucket, name, bytes, description, signal } = upload;
    const what = `Cannot store object "${name}" in bucket "${bucket}"`;
    try {
      const store = await this.#open(bucket, signal);
      const meta = description === undefined ? { name } : { name, description };
      const info = await store.putBlob(meta, bytes);
      signal?.throwIfAborted();
      return { bucket, name, size: info.size, digest: info.digest };
    } catch (error) {
      signal?.throwIfAborted();
      throw natsError(what, error);
    }
  }

  /** The bytes of an object, checked against its digest; undefined when there is none. */
  async get(
    bucket: string,
    name: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Uint8Array | undefined> {
    const { signal } = options;
    try {
      const store = await this.#open(bucket, signal);
      return await store.getBlob(name) ?? undefined;
    } catch (error) {
      signal?.throwIfAborted();
      throw natsError(`Cannot read object "${name}" of bucket "${bucket}"`, error);
    }
  }

  async #open(bucket: string, signal: AbortSignal | undefined) {
    if (!isBucketName(bucket)) {
      throw new KvError(`Cannot use bucket "${bucket}": not a bucket name`, { code: "bad_key" });
    }
    const connection = await this.#link.use(signal);
    const { Objm } = await import("@nats-io/obj");
    return await new Objm(connection).create(bucket);
  }
}
