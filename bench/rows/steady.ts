import { startMachinist } from "../child.ts";
import { deployAll, untilRunning } from "../deploy_all.ts";
import { makePackage } from "../package.ts";
import { cpuPercentOf } from "../proc.ts";
import { Publisher } from "../publisher.ts";
import { sleep } from "../rounds.ts";
import { type Bench, within } from "../row.ts";
import { Site } from "../site.ts";

const MACHINES = 100;

/** CPU of verifying 100 machines of 1 MB again and again, each once a minute. */
export const steady: Bench = {
  name: "steady verification",
  async run({ directory, tell, quick }) {
    tell(`deploying ${MACHINES} machines of 1 MB`);
    const publisher = new Publisher();
    await using site = new Site();
    const listed = [];
    for (let number = 0; number < MACHINES; number++) {
      const made = await makePackage({
        ...{ parent: `${directory}/source`, name: `m${number}` },
        ...{ files: 10, bytes: 100_000, noise: 0.1 },
      });
      listed.push({ made, url: site.put(`/m${number}.tgz`, made.bytes) });
    }
    const spec = `${directory}/spec.json`;
    await Deno.writeTextFile(spec, publisher.envelope(listed));
    const node = [
      ...[`${directory}/machines`, "--public-key", publisher.publicKey, "--identity", "bench"],
    ];
    const all = { spec, machines: MACHINES, version: "1.0.0" };
    await deployAll(node, all);
    await using agent = startMachinist(["run", ...node, "--spec", spec, "--log-format", "json"]);
    await untilRunning(agent, all);
    await sleep(5_000);
    tell("watching it for a minute");
    // A whole minute has each machine's turn in it exactly once.
    const cpu = await cpuPercentOf(agent.pid, quick ? 20_000 : 60_000);
    return [
      within(`verifying ${MACHINES} machines of 1 MB every minute (% of a core, at most 1)`, {
        ours: cpu,
        limit: 1,
      }),
    ];
  },
};
