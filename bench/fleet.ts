import { agents } from "./fleet/agents.ts";
import { deployed } from "./fleet/deployed.ts";
import { type FleetWorld, Lists } from "./fleet/lists.ts";
import { storm } from "./fleet/storm.ts";
import { verified } from "./fleet/verified.ts";
import type { BenchWorld, Row } from "./row.ts";
import { Site } from "./site.ts";

/** Versions of the machine that is deployed. */
const VERSIONS = 6;

/** The parts of the fleet's bench, by the word that picks one. */
const PARTS: Readonly<Record<string, (world: FleetWorld) => Promise<readonly Row[]>>> = {
  verified,
  deployed,
  storm,
  agents,
};

/** Options of {@linkcode fleet}. */
export interface FleetBenchOptions {
  /** Numbers of nodes, one run each. */
  readonly sizes: readonly number[];
  /** Runs only this part. */
  readonly part?: string | undefined;
  /** Told of each row as it is there. */
  readonly onRow: (row: Row) => void;
}

/** Many nodes against one server. */
export async function fleet(world: BenchWorld, options: FleetBenchOptions): Promise<void> {
  await using site = new Site();
  const lists = await Lists.make(site, { parent: `${world.directory}/lists`, versions: VERSIONS });
  for (const nodes of options.sizes) {
    for (const [name, part] of Object.entries(PARTS)) {
      if (options.part !== undefined && options.part !== name) continue;
      for (const row of await part({ ...world, nodes, lists })) options.onRow(row);
    }
  }
}
