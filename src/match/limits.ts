/**
 * Bytes of one expression. The language has no loops and no assignments, so this bounds nodes and steps too:
 * a source of 4 KiB cannot make more than 4,096 of either.
 */
export const MAX_SOURCE_BYTES = 4096;

/** How deep parentheses, arrays, arguments and unary operators may nest. */
export const MAX_DEPTH = 64;

/** UTF-16 units of a string that an expression makes or hands to a pattern. */
export const MAX_TEXT = 64 * 1024;

/** UTF-16 units of one regular expression. */
export const MAX_PATTERN = 4096;

/** States of one compiled regular expression. */
export const MAX_PATTERN_SIZE = 4096;

/** States times characters of one search: at some 50 to 100 ns each, no search takes much over 50 ms. */
export const MAX_PATTERN_WORK = 1_000_000;

/** Values that one comparison of arrays or maps may touch. */
export const MAX_COMPARED = 10_000;

/** Milliseconds for all probes of one evaluation; a file system that hangs makes the answer unknown. */
export const MATCH_TIMEOUT_MS = 5_000;
