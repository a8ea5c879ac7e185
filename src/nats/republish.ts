/** Where a stream's server sends accepted writes to: `republish` of the stream's settings. */
export interface Republish {
  /** Which subjects: `>` or a pattern that ends in `>`, or one subject. */
  readonly src?: string | undefined;
  /** Where to: the same shape. */
  readonly dest: string;
}

/**
 * Subject on which buckets made by us tell of writes: `mm.<bucket>.<key>`. It is outside of `$KV.`, which a
 * leaf node without JetStream does not pass on, and one message serves a whole leaf.
 */
export function republishSubject(bucket: string, key: string): string {
  return `mm.${bucket}.${key}`;
}

/** The settings that make a bucket's server do so. */
export function republishOf(bucket: string): { readonly src: string; readonly dest: string } {
  return { src: `$KV.${bucket}.>`, dest: republishSubject(bucket, ">") };
}

/** Where a write to `subject` is republished, or undefined when that cannot be told. */
export function mapSubject({ src = ">", dest }: Republish, subject: string): string | undefined {
  if (src === subject) return dest;
  if (!src.endsWith(">") || !dest.endsWith(">")) return undefined;
  const head = src.slice(0, -1);
  if (!subject.startsWith(head)) return undefined;
  return dest.slice(0, -1) + subject.slice(head.length);
}
