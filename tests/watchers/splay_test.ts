import { ok, strictEqual } from "node:assert/strict";
import { splayDelay } from "../../src/watchers/splay.ts";

Deno.test("splayDelay() is the same for a node and an archive, and spreads a fleet evenly (#104)", () => {
  const checksum = "a".repeat(64);
  const delays = Array.from(
    { length: 10_000 },
    (_, node) => splayDelay(60_000, { identity: `node${node}`, checksum }),
  );
  strictEqual(delays[0], splayDelay(60_000, { identity: "node0", checksum }));
  ok(delays.every((delay) => delay >= 0 && delay < 60_000));
  // Each of ten slices of the time has its tenth of the nodes, give or take a tenth of that.
  for (let slice = 0; slice < 10; slice += 1) {
    const nodes = delays.filter((delay) => Math.floor(delay / 6_000) === slice).length;
    ok(nodes > 900 && nodes < 1_100, `${nodes} in slice ${slice}`);
  }
});

Deno.test("splayDelay() differs from archive to archive, so that nobody is always last", () => {
  const of = (checksum: string) => splayDelay(60_000, { identity: "node", checksum });
  ok(of("a".repeat(64)) !== of("b".repeat(64)));
});
