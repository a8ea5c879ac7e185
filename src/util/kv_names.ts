/** Whether a bucket may be called so: letters, digits, `_` and `-`, as NATS wants it. */
export function isBucketName(name: string): boolean {
  return name.length <= 128 && /^[A-Za-z0-9_-]+$/.test(name);
}

/** Whether a key may be called so: letters, digits, `_ - / = .`, no dot at an end and no two in a row. */
export function isKeyName(key: string): boolean {
  return key.length <= 1024 && /^[-/_=.A-Za-z0-9]+$/.test(key) && !/^\.|\.$|\.\./.test(key);
}
