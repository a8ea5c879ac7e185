/** Subjects that somebody may publish to and subscribe to. */
export interface SubjectRights {
  /** Subjects, as nats-server's `permissions` has them. */
  readonly publish: readonly string[];
  /** Subjects, as nats-server's `permissions` has them. */
  readonly subscribe: readonly string[];
}

/** Options of {@linkcode natsRights}. */
export interface NatsRightsOptions {
  /** Bucket of the specification. */
  readonly bucket: string;
  /** Key of the specification. */
  readonly key: string;
  /** Subject to which the server republishes writes, when it does. */
  readonly republish?: string | undefined;
}

/** The smallest rights with which a node reads the specification, and a publisher writes it. */
export function natsRights(
  { bucket, key, republish }: NatsRightsOptions,
): { readonly node: SubjectRights; readonly publisher: SubjectRights } {
  const stream = `KV_${bucket}`;
  const subject = `$KV.${bucket}.${key}`;
  const hint = republish === undefined ? subject : republish.replace(/>$/, subject);
  return {
    node: {
      publish: [`$JS.API.DIRECT.GET.${stream}.${subject}`, `$JS.API.DIRECT.GET.${stream}`],
      subscribe: ["_INBOX.>", hint],
    },
    publisher: {
      publish: [
        subject,
        `$JS.API.STREAM.INFO.${stream}`,
        `$JS.API.STREAM.CREATE.${stream}`,
        `$JS.API.DIRECT.GET.${stream}`,
        `$JS.API.DIRECT.GET.${stream}.${subject}`,
      ],
      subscribe: ["_INBOX.>"],
    },
  };
}
