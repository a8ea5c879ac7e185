/** What a Unicode class costs compared with a character. */
const CLASS_COST = 10;

/**
 * Estimates the states that a regular expression compiles to, without compiling it: a counted repetition
 * multiplies what it repeats. Never much below the truth; text that is no valid pattern gives any number.
 */
export function patternSize(source: string): number {
  const groups: number[] = [0];
  let last = 0;
  const add = (size: number) => {
    groups.push((groups.pop() ?? 0) + size);
    last = size;
  };
  const piece =
    /\\Q([^]*?)(?:\\E|$)|\\[pP](?:\{[^}]*\}?|.)?|\\x\{[^}]*\}|\\[^]?|\[\^?\]?(?:\[:[^\]]*:\]|\\[^]|[^\]\\])*\]?|\{(\d+)(?:,(\d*))?\}|[^]/gu;
  for (const [text, quoted, least, most] of source.matchAll(piece)) {
    if (quoted !== undefined) add(quoted.length);
    else if (least !== undefined) {
      const times = Math.max(Number(least), Number(most ?? 0), most === "" ? Number(least) + 1 : 0);
      const more = last * Math.max(0, times - 1);
      groups.push((groups.pop() ?? 0) + more);
      last += more;
    } else if (text === "(") groups.push(0);
    else if (text === ")" && groups.length > 1) add((groups.pop() ?? 0) + 2);
    else if ("*+?".includes(text)) groups.push((groups.pop() ?? 0) + 1);
    else add(cost(text));
  }
  return groups.reduce((sum, size) => sum + size, 0);
}

function cost(text: string): number {
  const classes = text.match(/\\[pP]|\[:/g)?.length ?? 0;
  return 1 + classes * CLASS_COST;
}
