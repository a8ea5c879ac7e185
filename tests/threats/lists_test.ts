import { deepStrictEqual, strictEqual, throws } from "node:assert/strict";
import { DenoNode } from "../../src/deno/node.ts";
import { SpecError } from "../../src/spec/spec_error.ts";
import { parseSpecification } from "../../src/spec/specification.ts";
import { trustUnsigned } from "../../src/spec/verify.ts";
import { readEnvelope } from "../../src/spec/envelope.ts";
import { brief, envelope, SetWorld } from "../sets/fixture.ts";
import { bytes, entry, envelopeText } from "../spec/fixture.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const twins: readonly (readonly [string, string, string])[] = [
  ["#42 names that differ by case", "Facts", "name_case_collision"],
  ["#43 a name twice", "facts", "name_duplicate"],
];

for (const [what, name, code] of twins) {
  Deno.test(`parseSpecification() refuses ${what}, with the same content too`, () => {
    for (const changes of [{}, { checksum: "a".repeat(64) }]) {
      const payload = JSON.stringify([entry(), entry({ name, ...changes })]);
      throws(
        () => parseSpecification(trustUnsigned(readEnvelope(bytes(envelopeText(payload))))),
        (error) => error instanceof SpecError && error.code === code && error.index === 1,
      );
    }
  });
}

Deno.test("SetWorld.settle() does nothing for the same bytes again, not even a write (#53)", async () => {
  await using world = new SetWorld();
  const list = envelope(["a", "b"], { spec: { version: 3 } });
  await world.settle(list);
  world.install("a", "b");
  await world.settle(list);
  const stamps = () =>
    ["manager/lkg.json", "manager/trust.json", "managed.json"].map((file) =>
      Deno.statSync(`${world.stateDirectory}/${file}`).ino
    );
  const before = stamps();
  const report = await world.settle(list);
  deepStrictEqual(brief(report).written, []);
  strictEqual(report.result, "unchanged");
  deepStrictEqual(stamps(), before);
});

Deno.test("DenoNode.hasCommand() finds commands as LookPath of Go does, never in the working directory (#72)", async () => {
  await using directory = await temporaryDirectory();
  const here = `${directory.path}/tool`;
  Deno.writeTextFileSync(here, "#!/bin/sh\n", { mode: 0o755 });
  Deno.writeTextFileSync(`${directory.path}/plain`, "", { mode: 0o644 });
  const node = new DenoNode({ identity: "n" });
  const cases: readonly (readonly [string, boolean])[] = [
    ["sh", true],
    ["", false],
    ["tool", false],
    ["./tool", false],
    [here, true],
    [`${directory.path}/plain`, false],
    [directory.path, false],
    [`${directory.path}/none`, false],
    ["sh\0", false],
  ];
  for (const [name, found] of cases) strictEqual(await node.hasCommand(name), found, name);
});
