import { deepStrictEqual, throws } from "node:assert/strict";
import { readFile, type ReadFs } from "../../src/util/read_file.ts";

/** A file that says it has `size` bytes and gives `pieces`. */
function file(size: number, pieces: readonly string[]): ReadFs {
  const left = [...pieces];
  return {
    open: () => ({
      stat: () => ({ size }),
      read(buffer) {
        const piece = new TextEncoder().encode(left.shift() ?? "");
        buffer.set(piece.subarray(0, buffer.length));
        return Math.min(piece.length, buffer.length);
      },
      [Symbol.dispose]() {},
    }),
  };
}

Deno.test("readFile() reads all, also in pieces, up to its limit", () => {
  const read = (size: number, pieces: readonly string[]) =>
    new TextDecoder().decode(readFile(file(size, pieces), "/f", { limit: 4 }));
  deepStrictEqual(read(4, ["ab", "cd"]), "abcd");
  deepStrictEqual(read(0, []), "");
  deepStrictEqual(read(4, ["a"]), "a");
  throws(() => read(5, ["abcde"]), /more than 4 bytes/);
  throws(() => read(2, ["abc"]), /grows while it is read/);
});
