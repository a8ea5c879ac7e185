import { sleep, until } from "../rounds.ts";
import { type Row, told, versus, within } from "../row.ts";
import { contest, startFleets } from "./contest.ts";
import type { FleetWorld } from "./lists.ts";

/** Milliseconds for which the store is watched at rest. */
const REST_MS = 60_000;

/** From `put` to the last node that has verified the list, and what its nodes cost a server: S3, S4, S5, S7. */
export async function verified(world: FleetWorld): Promise<readonly Row[]> {
  const { nodes, lists, tell, quick } = world;
  await using fleets = await startFleets(["republish", "consumer", "ours"], {
    ...{ nodes, tell, publicKey: lists.publicKey, envelope: lists.forNobody(0) },
  });
  await sleep(2_000);
  tell(`${nodes} nodes: put to the last verified`);
  const costs = await contest(fleets, {
    rounds: quick ? 3 : 9,
    envelope: (round) => lists.forNobody(round),
  });
  const of = (mode: "ours" | "republish" | "consumer") => {
    const cost = costs.get(mode);
    const fleet = fleets.get(mode);
    if (cost === undefined || fleet === undefined) throw new Error(`Cannot find fleet "${mode}"`);
    const { cpu, rss } = fleet.setup;
    return { fleet, ...cost, rssKb: (rss * 1024) / nodes, setupUs: (1e6 * cpu) / nodes };
  };
  const [ours, bare, consumer] = [of("ours"), of("republish"), of("consumer")];

  const rest = quick ? 10_000 : REST_MS;
  tell(`${nodes} nodes: at rest for ${rest / 1000} s`);
  const before = await ours.fleet.server.counters();
  const cpuBefore = await ours.fleet.server.cpu();
  await sleep(rest);
  const after = await ours.fleet.server.counters();
  const perMinute = (count: number) => (count * 60_000) / rest / nodes;
  const requests = perMinute(after.in_msgs - before.in_msgs);
  const restCpu = (1e6 * (await ours.fleet.server.cpu() - cpuBefore)) / (rest / 1000) / nodes;

  tell(`${nodes} nodes: all are killed`);
  for (const { fleet } of [ours, consumer]) await fleet.killNodes();
  const left = async (which: typeof ours) => {
    await until("the server has let go", async () => {
      return (await which.fleet.server.counters()).connections <= 1;
    });
    return await which.fleet.server.consumers();
  };
  const n = `N=${nodes}`;
  return [
    versus(`S3 ${n} put to last verified (ms)`, { ours: ours.ms, peer: bare.ms, times: 2 }),
    told(`S3 ${n} the same against a consumer each (ms)`, ours.ms, consumer.ms),
    told(`S3 ${n} CPU of one node per put (us)`, ours.nodeUs, bare.nodeUs),
    versus(`S4 ${n} server CPU per node per put (us)`, {
      ...{ ours: ours.cpuUs, peer: bare.cpuUs, times: 1.5 },
    }),
    versus(`S4 ${n} the same against a consumer each (us)`, {
      ...{ ours: ours.cpuUs, peer: consumer.cpuUs, times: 0.25 },
    }),
    told(`S4 ${n} messages to the server per node per put`, ours.messages, consumer.messages),
    versus(`S5 ${n} server memory per node (KB)`, {
      ...{ ours: ours.rssKb, peer: bare.rssKb, times: 1.2 },
    }),
    told(`S5 ${n} the same against a consumer each (KB)`, ours.rssKb, consumer.rssKb),
    told(`S5 ${n} server CPU to connect a node (us)`, ours.setupUs, consumer.setupUs),
    told(`S5 ${n} consumers left behind by kill -9 of all`, await left(ours), await left(consumer)),
    within(`S7 ${n} messages per node per minute at rest (at most 2)`, {
      ours: requests,
      limit: 2,
    }),
    told(`S7 ${n} server CPU per node at rest (us/s)`, restCpu),
  ];
}
