import fc from "fast-check";
import { run } from "./template_fuzz.ts";

const pieces = fc.uint8Array({ maxLength: 24 }).map((bytes) => Uint8Array.from([0, ...bytes]));
const text = fc.string({ unit: "binary", maxLength: 200 }).map((value) =>
  Uint8Array.from([1, ...new TextEncoder().encode(value)])
);

Deno.test("expandTemplate() expands or throws TemplateError whatever the text", () => {
  fc.assert(fc.property(fc.oneof(pieces, text), run), { seed: 81, numRuns: 3_000 });
});
