import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { ArchiveError } from "../../src/archive/errors.ts";
import { FsError } from "../../src/ports/fs.ts";
import { crossError, uncrossError } from "../../src/worker/crossed_error.ts";

const errors: readonly Error[] = [
  new ArchiveError("Cannot use archive: x", { code: "unlisted" }),
  new FsError("Cannot write", { code: "no_space", path: "/m" }),
  new TypeError("type"),
  new RangeError("range"),
  new Error("any"),
];

for (const error of errors) {
  Deno.test(`crossError() and uncrossError() keep what ${error.constructor.name} says`, () => {
    const crossed = structuredClone(crossError(error));
    const back = uncrossError(crossed);
    strictEqual(back.constructor, error.constructor);
    deepStrictEqual({ ...crossError(back) }, { ...crossError(error) });
  });
}

Deno.test("crossError() makes an error of what was thrown without being one", () => {
  deepStrictEqual(crossError("text"), { name: "Error", message: "text" });
});
