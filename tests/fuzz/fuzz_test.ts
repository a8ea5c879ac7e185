import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { fuzz, Mutator, seeded } from "./engine.ts";
import { regressions, targets } from "./targets.ts";

/** The same inputs in every run; `deno task fuzz` goes on from there for as long as asked. */
const SEED = 20_261_122;
const COUNT = 2_000;

const READERS = [
  "checksums",
  "envelope",
  "expression",
  "gzip",
  "json",
  "manifest",
  "specification",
  "tar",
  "template",
];

const all = await targets();

Deno.test("targets() has every reader of untrusted bytes", () => {
  deepStrictEqual(READERS.filter((name) => !all.has(name)), []);
});

for (const [name, target] of all) {
  Deno.test(`fuzz() finds nothing in ${COUNT} inputs for ${name}`, async () => {
    const { inputs, failure } = await fuzz(target, { seed: SEED, count: COUNT });
    if (failure !== undefined) {
      throw new Error(`Cannot accept input ${inputs}: ${failure.bytes.toBase64()}`, {
        cause: failure.error,
      });
    }
  });
}

for (const { file, target, bytes } of regressions()) {
  Deno.test(`fuzz() finds nothing any more in ${file}`, async () => {
    await all.get(target)?.run(bytes);
  });
}

Deno.test("fuzz() tells the input that fails, the same for the same seed", async () => {
  const target = {
    name: "x",
    corpus: [new TextEncoder().encode("good")],
    run(bytes: Uint8Array) {
      if (!new TextDecoder().decode(bytes).includes("go")) throw new Error("bad");
    },
  };
  const [first, second] = [
    await fuzz(target, { seed: 1, count: 1_000 }),
    await fuzz(target, { seed: 1, count: 1_000 }),
  ];
  ok(first.failure !== undefined);
  strictEqual(first.inputs, second.inputs);
  deepStrictEqual(first.failure.bytes, second.failure?.bytes);
});

Deno.test("Mutator.next() keeps its corpus as it is", () => {
  const corpus = [Uint8Array.from({ length: 2_000 }, (_, index) => index % 251)];
  const before = corpus[0]?.toBase64();
  const mutator = new Mutator({ name: "x", corpus, run() {} }, seeded(7));
  for (let i = 0; i < 1_000; i++) mutator.next().fill(0, 0, 0);
  strictEqual(corpus[0]?.toBase64(), before);
});
