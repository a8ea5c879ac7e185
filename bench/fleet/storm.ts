import { sleep } from "../rounds.ts";
import { type Row, told, versus, within } from "../row.ts";
import { startFleets } from "./contest.ts";
import { type Fleet, now } from "./fleet_of.ts";
import type { FleetWorld } from "./lists.ts";

/** Milliseconds for which there is no server. */
const AWAY_MS = 3_000;
/** Milliseconds until all must be current again. */
const ALLOWED_MS = 10_000;

/** A server is killed, is away for three seconds, comes back, and something new is put at once: S8. */
export async function storm(world: FleetWorld): Promise<readonly Row[]> {
  const { nodes, lists, tell } = world;
  await using fleets = await startFleets(["republish", "ours"], {
    ...{ nodes, tell, publicKey: lists.publicKey, envelope: lists.forNobody(0) },
  });
  const found = new Map<string, Weather>();
  for (const [mode, fleet] of fleets) {
    tell(`${nodes} nodes: storm, ${mode}`);
    found.set(mode, await weather(fleet, lists.forNobody(1)));
  }
  const [ours, bare] = [found.get("ours"), found.get("republish")];
  if (ours === undefined || bare === undefined) {
    throw new Error("Cannot compare: a fleet is missing");
  }
  const n = `N=${nodes}`;
  return [
    within(`S8 ${n} all current after a restart (ms, at most ${ALLOWED_MS})`, {
      ours: ours.ms,
      limit: ALLOWED_MS,
    }),
    versus(`S8 ${n} the same against a retry each 100 ms (ms)`, {
      ...{ ours: ours.ms, peer: bare.ms, times: 2 },
    }),
    told(`S8 ${n} server CPU of the whole storm (s)`, ours.cpu, bare.cpu),
    told(`S8 ${n} connections made per node`, ours.connections / nodes, bare.connections / nodes),
    told(`S8 ${n} messages to the server per node`, ours.messages / nodes, bare.messages / nodes),
  ];
}

interface Weather {
  readonly ms: number;
  readonly cpu: number;
  readonly connections: number;
  readonly messages: number;
}

async function weather(fleet: Fleet, envelope: string): Promise<Weather> {
  await fleet.server.kill();
  await sleep(AWAY_MS);
  const began = now();
  await fleet.server.startAgain();
  const revision = await fleet.publish(envelope);
  const ms = await fleet.reached(revision) - began;
  // What the server still has to do for those who came last belongs to the storm.
  await sleep(1_000);
  const { total_connections: connections, in_msgs: messages } = await fleet.server.counters();
  return { ms, cpu: await fleet.server.cpu(), connections, messages };
}
