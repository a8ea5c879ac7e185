import { deepStrictEqual, ok } from "node:assert/strict";
import { formatChecksums, parseChecksums } from "../../src/archive/checksums.ts";
import { ArchiveError } from "../../src/archive/errors.ts";
import type { FuzzTarget } from "./engine.ts";

const bytes = (value: string) => new TextEncoder().encode(value);
const A = "0123456789abcdef".repeat(4);

/** Whatever the bytes: refused by code, or paths that stay inside, which the same text gives again. */
export const target: FuzzTarget = {
  name: "checksums",
  corpus: [
    bytes(`${A}  machine.yaml\n${A}  bin/run.sh\n`),
    bytes(`${A} *./a\r\n\r\n${A.toUpperCase()}  a b c`),
    bytes(`${A}  a/b/c/d/e\n`),
  ],
  tokens: ["../", "./", "//", "\\", "  ", " *", "\r\n", "SHA256SUMS", A, "\0", "\ufeff", "#", "é"],
  run(input) {
    let sums: ReadonlyMap<string, string>;
    try {
      sums = parseChecksums(input);
    } catch (error) {
      if (error instanceof ArchiveError) return;
      throw error;
    }
    for (const [path, digest] of sums) {
      ok(/^[0-9a-f]{64}$/.test(digest));
      ok(!path.startsWith("/") && path !== "SHA256SUMS", path);
      for (const part of path.split("/")) ok(!["", ".", ".."].includes(part), path);
      // deno-lint-ignore no-control-regex -- control characters are what is looked for
      ok(!/[\u0000-\u001f\\\u007f]/.test(path), path);
    }
    // With "./" in front, a path that begins with a blank is read again, too.
    const again = formatChecksums(sums).replace(/^(.{64}) {2}/gm, "$1  ./");
    deepStrictEqual(new Map(parseChecksums(bytes(again))), new Map(sums));
  },
};
