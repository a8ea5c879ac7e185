import { inMemory } from "../memory.ts";
import { type Row, told, versus } from "../row.ts";
import { contest, startFleets } from "./contest.ts";
import type { FleetWorld } from "./lists.ts";

/** From `put` to the last node that has downloaded, verified and installed an archive of 10 KB: S2. */
export function deployed(world: FleetWorld): Promise<readonly Row[]> {
  const { nodes, lists, tell, quick } = world;
  // Real nodes do not share a disk.
  return inMemory(async (parent) => {
    await using fleets = await startFleets(["republish", "ours"], {
      ...{ nodes, tell, publicKey: lists.publicKey, envelope: lists.forNobody(0) },
      directory: (mode) => `${parent}/${mode}`,
    });
    tell(`${nodes} nodes: put to the last deployed`);
    const costs = await contest(fleets, {
      rounds: quick ? 1 : 3,
      envelope: (round) => lists.forAll(round),
    });
    const ours = costs.get("ours")?.ms ?? NaN;
    const peer = costs.get("republish")?.ms ?? NaN;
    return [
      versus(`S2 N=${nodes} put to last deployed, 10 KB, one host (ms)`, { ours, peer, times: 2 }),
      told(`S2 N=${nodes} the same for each node (ms)`, ours / nodes, peer / nodes),
    ];
  });
}
