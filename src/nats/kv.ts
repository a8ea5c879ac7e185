import {
  type BucketInfo,
  type CreateBucketOptions,
  type Kv,
  type KvBucket,
  KvError,
} from "../ports/kv.ts";
import { isBucketName } from "../util/kv_names.ts";
import { NatsBucket } from "./bucket.ts";
import { natsError } from "./errors.ts";
import { askApi, JETSTREAM_ERRORS, jetStreamError } from "./jetstream.ts";
import type { NatsLink } from "./link.ts";
import { mapSubject, type Republish, republishOf } from "./republish.ts";

/** The parts of a stream's settings that matter here. */
interface StreamConfig {
  readonly max_msgs_per_subject?: number;
  readonly num_replicas?: number;
  readonly allow_direct?: boolean;
  readonly republish?: Republish;
}

/** A JetStream KV store over one connection, which mends itself. */
export class NatsKv implements Kv {
  readonly #link: NatsLink;
  readonly #buckets = new Map<string, NatsBucket>();

  /** A store over a connection of {@linkcode connectNats}. */
  constructor(link: NatsLink) {
    this.#link = link;
  }

  bucket(name: string): KvBucket {
    checkName(name);
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const bucket = new NatsBucket(this.#link, name);
    this.#buckets.set(name, bucket);
    return bucket;
  }

  /**
   * Creates the bucket as a fleet wants it: history, direct gets, and accepted writes republished to
   * `mm.<bucket>.<key>`. One that exists is left as it is.
   */
  async createBucket(name: string, options: CreateBucketOptions = {}): Promise<BucketInfo> {
    options.signal?.throwIfAborted();
    checkName(name);
    const what = `Cannot create bucket "${name}"`;
    try {
      const present = await this.#config(name, what, options);
      if (present !== undefined) return bucketInfo(name, { created: false, config: present });
      return await this.#create(name, what, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      throw natsError(what, error);
    }
  }

  /** Closes the connection; calls fail with `closed` from now on. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#link[Symbol.asyncDispose]();
  }

  async #config(
    name: string,
    what: string,
    { signal }: CreateBucketOptions,
  ): Promise<StreamConfig | undefined> {
    const subject = `STREAM.INFO.KV_${name}`;
    const { failure, value } = await askApi(this.#link, { subject, signal });
    if (failure === undefined) return value["config"] as StreamConfig;
    if (failure.err_code === JETSTREAM_ERRORS.streamNotFound) return undefined;
    throw jetStreamError(what, failure);
  }

  async #create(name: string, what: string, options: CreateBucketOptions): Promise<BucketInfo> {
    const { history = 10, replicas = 1, signal } = options;
    const body = {
      name: `KV_${name}`,
      subjects: [`$KV.${name}.>`],
      retention: "limits",
      discard: "new",
      storage: "file",
      max_consumers: -1,
      max_msgs: -1,
      max_bytes: -1,
      max_age: 0,
      max_msg_size: -1,
      max_msgs_per_subject: history,
      num_replicas: replicas,
      duplicate_window: 120_000_000_000,
      allow_rollup_hdrs: true,
      deny_delete: true,
      allow_direct: true,
      republish: republishOf(name),
    };
    const subject = `STREAM.CREATE.KV_${name}`;
    const { failure, value } = await askApi(this.#link, { subject, body, signal });
    if (failure === undefined) {
      return bucketInfo(name, { created: true, config: value["config"] as StreamConfig });
    }
    // Somebody else was faster, and wanted it otherwise.
    const present = failure.err_code === JETSTREAM_ERRORS.streamExists
      ? await this.#config(name, what, options)
      : undefined;
    if (present === undefined) throw jetStreamError(what, failure);
    return bucketInfo(name, { created: false, config: present });
  }
}

function bucketInfo(
  name: string,
  { created, config }: { readonly created: boolean; readonly config: StreamConfig },
): BucketInfo {
  const { max_msgs_per_subject, num_replicas, allow_direct, republish } = config;
  const subject = republish === undefined ? undefined : mapSubject(republish, `$KV.${name}.>`);
  return {
    name,
    created,
    history: max_msgs_per_subject ?? 1,
    replicas: num_replicas ?? 1,
    direct: allow_direct ?? false,
    ...(subject === undefined ? {} : { republish: subject }),
  };
}

function checkName(name: string): void {
  if (isBucketName(name)) return;
  throw new KvError(`Cannot use bucket "${name}": not a bucket name`, { code: "bad_key" });
}
