import { median, sleep } from "../rounds.ts";
import { type Cost, Fleet, type FleetOptions, type Mode } from "./fleet_of.ts";

/** Starts a fleet of each mode, one after the other; all stay connected. */
export async function startFleets(
  modes: readonly Mode[],
  options: Omit<FleetOptions, "mode" | "directory"> & {
    readonly directory?: (mode: Mode) => string;
    readonly tell: (text: string) => void;
  },
): Promise<ReadonlyMap<Mode, Fleet> & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const fleets = new Map<Mode, Fleet>();
  for (const mode of modes) {
    options.tell(`${options.nodes} nodes connect: ${mode}`);
    const directory = options.directory?.(mode);
    fleets.set(mode, stack.use(await Fleet.start({ ...options, mode, directory })));
  }
  const all = stack.move();
  return Object.assign(fleets, { [Symbol.asyncDispose]: () => all.disposeAsync() });
}

/** Puts to every fleet in turn, so that a busy minute of the machine hits all of them; the first round warms. */
export async function contest(
  fleets: ReadonlyMap<Mode, Fleet>,
  { rounds, envelope }: {
    readonly rounds: number;
    readonly envelope: (round: number) => string;
  },
): Promise<ReadonlyMap<Mode, Cost>> {
  const found = new Map<Mode, Cost[]>();
  for (let round = 0; round <= rounds; round++) {
    for (const [mode, fleet] of fleets) {
      const cost = await fleet.put(envelope(round + 1));
      if (round > 0) found.set(mode, [...found.get(mode) ?? [], cost]);
      await sleep(150);
    }
  }
  return new Map([...found].map(([mode, costs]) => [mode, {
    ms: median(costs.map(({ ms }) => ms)),
    cpuUs: median(costs.map(({ cpuUs }) => cpuUs)),
    nodeUs: median(costs.map(({ nodeUs }) => nodeUs)),
    messages: median(costs.map(({ messages }) => messages)),
  }]));
}
