/** Whether two JSON values are equal: the order of an object's keys does not count, undefined is absent. */
export function jsonEqual(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    return Array.isArray(left) && Array.isArray(right) && left.length === right.length &&
      left.every((item, index) => jsonEqual(item, right[index]));
  }
  const mine = Object.entries(left).filter(([, value]) => value !== undefined);
  const theirs = new Map(Object.entries(right).filter(([, value]) => value !== undefined));
  return mine.length === theirs.size &&
    mine.every(([key, value]) => theirs.has(key) && jsonEqual(value, theirs.get(key)));
}
