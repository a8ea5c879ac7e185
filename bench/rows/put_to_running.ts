import { startNatsServer } from "../../tests/support/nats_server.ts";
import { startChild, startMachinist } from "../child.ts";
import { makePackage, type Package } from "../package.ts";
import { openDesk, Publisher } from "../publisher.ts";
import { percentile, sleep } from "../rounds.ts";
import { type Bench, told, versus } from "../row.ts";
import { Site } from "../site.ts";

/** Six files that nothing packs: an archive of about 10 KB. */
const SMALL = { files: 5, bytes: 2_000, noise: 1 } as const;

/** Milliseconds between two updates: what the one before left to be made durable is done by then. */
const PAUSE_MS = 120;

/** From `put` to deployed and running, over NATS with the built-in manager, against the floor without our code. */
export const putToRunning: Bench = {
  name: "put running",
  async run({ directory, tell, quick }) {
    const rounds = quick ? 20 : 120;
    tell(`${rounds} updates of one machine`);
    const packages: Package[] = [];
    for (let version = 0; version <= rounds; version++) {
      packages.push(
        await makePackage({
          parent: `${directory}/v${version}`,
          name: "small",
          version: `1.0.${version}`,
          ...SMALL,
        }),
      );
    }
    await using server = await startNatsServer();
    await using site = new Site();
    await using desk = await openDesk(server.url);
    await using floorDesk = await openDesk(server.url, "FLOOR");
    await Deno.mkdir(`${directory}/floor`);
    await using floor = startChild("floor", [server.url, "mm.FLOOR.go", `${directory}/floor`]);
    await floor.output.wait("listening");
    const publisher = new Publisher();
    await using agent = startMachinist([
      ...["run", `${directory}/machines`, "--store", server.url],
      ...["--public-key", publisher.publicKey, "--identity", "bench", "--log-format", "json"],
    ]);
    await agent.errors.wait("Connected to NATS");

    const ours: number[] = [];
    const bare: number[] = [];
    for (const [round, made] of packages.entries()) {
      const url = site.put(`/small-1.0.${round}.tgz`, made.bytes);
      const envelope = new TextEncoder().encode(publisher.envelope([{ made, url }]));
      const padding = "x".repeat(Math.max(0, envelope.length - url.length - 30));
      const signal = new TextEncoder().encode(JSON.stringify({ url, padding }));

      const floorLines = floor.output.all.length;
      const floorBegan = performance.now();
      const floorPut = floorDesk.bucket.put("go", signal);
      await floor.output.wait("ready", { after: floorLines });
      const floorMs = performance.now() - floorBegan;
      await floorPut;
      await sleep(PAUSE_MS);

      const lines = agent.errors.all.length;
      const began = performance.now();
      const put = desk.bucket.put("machines", envelope);
      await agent.errors.wait(new RegExp(`The machine runs.*"version":"1\\.0\\.${round}"`), {
        after: lines,
      });
      const ms = performance.now() - began;
      await put;
      await sleep(PAUSE_MS);
      // The first is the installation; all others replace a machine that runs.
      if (round === 0) {
        tell(`the first one took ${ms.toFixed(1)} ms, the floor ${floorMs.toFixed(1)}`);
      } else {
        ours.push(ms);
        bare.push(floorMs);
      }
    }
    const at = (percent: number) => ({
      ours: percentile(ours, percent),
      peer: percentile(bare, percent),
    });
    const { ours: ours99, peer: peer99 } = at(99);
    return [
      versus("put to running, 10 KB, NATS, p50 (ms)", { ...at(50), times: 2 }),
      told("put to running, 10 KB, NATS, p99 (ms)", ours99, peer99),
    ];
  },
};
