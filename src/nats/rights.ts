import { republishSubject } from "./republish.ts";

/** Which bucket and key rights are for. */
export interface RightsOptions {
  /** Name of the bucket. */
  readonly bucket: string;
  /** Key of the specification. */
  readonly key: string;
  /**
   * Prefix of the subjects on which answers arrive.
   * @default {"_INBOX"}
   */
  readonly inboxPrefix?: string;
  /**
   * Subjects of events that a node publishes.
   * @default {["choria.machine.>"]}
   */
  readonly events?: readonly string[];
}

/** Subjects that a user may publish and subscribe to. */
export interface Rights {
  /** `publish = { allow: [...] }`. */
  readonly publish: readonly string[];
  /** `subscribe = { allow: [...] }`. */
  readonly subscribe: readonly string[];
}

/**
 * The least that a node needs: conditional and whole direct gets of one key, a word of the settings, and to
 * hear of changes, also when somebody makes the bucket anew without republishing. It can neither write nor make a consumer.
 */
export function nodeRights(options: RightsOptions): Rights {
  const { bucket, key, inboxPrefix = "_INBOX", events = ["choria.machine.>"] } = options;
  return {
    publish: [
      `$JS.API.DIRECT.GET.KV_${bucket}`,
      `$JS.API.DIRECT.GET.KV_${bucket}.$KV.${bucket}.${key}`,
      `$JS.API.STREAM.INFO.KV_${bucket}`,
      ...events,
    ],
    subscribe: [`${inboxPrefix}.>`, republishSubject(bucket, key), `$KV.${bucket}.${key}`],
  };
}

/** What a publisher needs: to read, to write one key, and to make the bucket. */
export function publisherRights(options: RightsOptions): Rights {
  const { bucket, key, inboxPrefix = "_INBOX" } = options;
  const node = nodeRights({ ...options, events: [] });
  return {
    publish: [
      ...node.publish,
      `$JS.API.STREAM.MSG.GET.KV_${bucket}`,
      `$JS.API.STREAM.CREATE.KV_${bucket}`,
      `$KV.${bucket}.${key}`,
    ],
    subscribe: [`${inboxPrefix}.>`],
  };
}

/** Rights as nats-server's configuration has them. */
export function formatRights({ publish, subscribe }: Rights): string {
  const list = (subjects: readonly string[]) =>
    subjects.map((subject) => `\n      ${JSON.stringify(subject)}`).join("");
  return [
    "permissions: {",
    `    publish: { allow: [${list(publish)}\n    ] }`,
    `    subscribe: { allow: [${list(subscribe)}\n    ] }`,
    "}",
  ].join("\n");
}
