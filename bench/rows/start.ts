import { startMachinist } from "../child.ts";
import { deployAll, untilRunning } from "../deploy_all.ts";
import { makePackage } from "../package.ts";
import { Publisher } from "../publisher.ts";
import { median } from "../rounds.ts";
import { type Bench, within } from "../row.ts";
import { Site } from "../site.ts";

const MACHINES = 20;
const VERSION = "7.7.7";
const ALLOWED_MS = 300;

/** From the start of the agent's process until all of its managed machines run, from disk, with no store. */
export const start: Bench = {
  name: "start",
  async run({ directory, tell, quick }) {
    tell(`deploying ${MACHINES} machines, then starting from disk`);
    const publisher = new Publisher();
    const machines = `${directory}/machines`;
    const node = [machines, "--public-key", publisher.publicKey, "--identity", "bench"];
    {
      await using site = new Site();
      const listed = [];
      for (let number = 0; number < MACHINES; number++) {
        const name = `m${number}`;
        const made = await makePackage({
          ...{ parent: `${directory}/source`, name, version: VERSION },
          ...{ files: 5, bytes: 2_000, noise: 1 },
        });
        listed.push({ made, url: site.put(`/${name}.tgz`, made.bytes) });
      }
      await Deno.writeTextFile(`${directory}/spec.json`, publisher.envelope(listed));
      const spec = `${directory}/spec.json`;
      await deployAll(node, { spec, machines: MACHINES, version: VERSION });
    }
    const found: number[] = [];
    for (let round = 0; round < (quick ? 3 : 9); round++) {
      const began = performance.now();
      // Port 9 is where nobody answers.
      await using agent = startMachinist([
        ...["run", ...node, "--store", "nats://127.0.0.1:9", "--log-format", "json"],
      ]);
      await untilRunning(agent, { machines: MACHINES, version: VERSION });
      found.push(performance.now() - began);
      await agent.stop("SIGTERM");
    }
    return [
      within(`start to ${MACHINES} machines running, no store (ms, at most ${ALLOWED_MS})`, {
        ours: median(found),
        limit: ALLOWED_MS,
      }),
    ];
  },
};
