import { type Child, startChild } from "../child.ts";
import { inMemory } from "../memory.ts";
import { cpuMsOf } from "../proc.ts";
import { openDesk } from "../publisher.ts";
import { sleep } from "../rounds.ts";
import { type Row, told, within } from "../row.ts";
import { now } from "./fleet_of.ts";
import { FleetServer } from "./fleet_server.ts";
import type { FleetWorld } from "./lists.ts";
import { KEY } from "./node.ts";

/** Whole agents that one machine carries well. */
const MOST = 200;
const PROCESSES = 2;
/** Milliseconds until all run what was put although the archive host is in trouble. */
const ALLOWED_MS = 60_000;
/** Milliseconds for which the archive host is in trouble. */
const TROUBLE_MS = 5_000;

/** Whole agents, files and all: from `put` to the last one whose machine runs, also when the archive host is slow or refuses. */
export function agents(world: FleetWorld): Promise<readonly Row[]> {
  const { lists, tell } = world;
  const nodes = Math.min(world.nodes, MOST);
  return inMemory(async (parent) => {
    await using stack = new AsyncDisposableStack();
    const server = stack.use(await FleetServer.start());
    const desk = stack.use(await openDesk(server.url));
    const children = Array.from({ length: PROCESSES }, () => stack.use(startChild("agents")));
    const put = async (version: number) => {
      const cpu = await cpuOf(children);
      const began = now();
      await desk.bucket.put(KEY, new TextEncoder().encode(lists.forAll(version)));
      const ms = await reached(children, version) - began;
      return { ms, cpuMs: (await cpuOf(children) - cpu) / nodes };
    };
    tell(`${nodes} whole agents start`);
    const share = Math.ceil(nodes / PROCESSES);
    for (const [index, child] of children.entries()) {
      const first = index * share;
      const count = Math.min(share, nodes - first);
      const { publicKey } = lists;
      await child.ask({
        start: { server: server.url, publicKey, directory: parent, first, count },
      });
    }
    const first = await put(0);
    await sleep(2_000);
    const update = await put(1);
    await sleep(2_000);
    tell(`${nodes} whole agents: the archive host refuses every second request`);
    const refused = await lists.inTrouble(refuseHalf(), () => put(2));
    tell(`${nodes} whole agents: the archive host is slow`);
    const slow = await lists.inTrouble(answerLate, () => put(3));
    const n = `N=${nodes}`;
    return [
      told(`whole agents ${n}: put to first install running (ms)`, first.ms),
      told(`whole agents ${n}: put to update running (ms)`, update.ms),
      told(`whole agents ${n}: CPU of one node for an update (ms)`, update.cpuMs),
      within(
        `whole agents ${n}: half of the downloads get 503 for 5 s (ms, at most ${ALLOWED_MS})`,
        {
          ours: refused.ms,
          limit: ALLOWED_MS,
        },
      ),
      within(`whole agents ${n}: each download starts up to 2 s late (ms, at most ${ALLOWED_MS})`, {
        ours: slow.ms,
        limit: ALLOWED_MS,
      }),
    ];
  });
}

async function reached(children: readonly Child[], version: number): Promise<number> {
  const answers = await Promise.all(
    children.map((child) => child.ask({ reach: `1.0.${version}` }, { timeoutMs: 180_000 })),
  );
  return Math.max(...answers.map((answer) => Number(answer["at"])));
}

async function cpuOf(children: readonly Child[]): Promise<number> {
  const all = await Promise.all(children.map(({ pid }) => cpuMsOf(pid)));
  return all.reduce((sum, ms) => sum + ms, 0);
}

function refuseHalf(): () => Promise<Response | undefined> {
  const until = now() + TROUBLE_MS;
  let count = 0;
  return () => {
    const refuse = now() < until && count++ % 2 === 0;
    return Promise.resolve(refuse ? new Response("busy", { status: 503 }) : undefined);
  };
}

async function answerLate(): Promise<undefined> {
  await sleep(Math.random() * 2_000);
  return undefined;
}
