import { sha256 } from "../util/digest.ts";

/** Hex digits of the digest that the share of a node is made from: 48 bits. */
const DIGITS = 12;

/**
 * Milliseconds, of `splayMs`, that this node lets others go first when an archive is new: the same for a node
 * and an archive however often it is asked, and spread evenly over a fleet (threats 104).
 */
export function splayDelay(
  splayMs: number,
  { identity, checksum }: { readonly identity: string; readonly checksum: string },
): number {
  const digest = sha256(new TextEncoder().encode(`${identity}\n${checksum}`));
  return Math.floor(splayMs * (Number.parseInt(digest.slice(0, DIGITS), 16) / 16 ** DIGITS));
}
