import { startNatsServer } from "../../tests/support/nats_server.ts";
import { startChild, startMachinist } from "../child.ts";
import { makePackage } from "../package.ts";
import { cpuPercentOf, memoryOf } from "../proc.ts";
import { openDesk, Publisher } from "../publisher.ts";
import { sleep } from "../rounds.ts";
import { above, type Bench, told, within } from "../row.ts";
import { shaped } from "../shapes.ts";
import { Site } from "../site.ts";

/** Milliseconds until a process has come to rest. */
const SETTLE_MS = 8_000;

/** Memory and CPU of an agent that has nothing to do, before and after it deployed something large. */
export const idle: Bench = {
  name: "idle memory",
  async run(world) {
    const { directory, tell, quick } = world;
    const large = await shaped("large", world);
    const small = await makePackage({
      ...{ parent: `${directory}/source`, name: "small", version: "1.0.1" },
      ...{ files: 5, bytes: 2_000, noise: 1 },
    });
    tell("an idle agent");
    await using server = await startNatsServer();
    await using site = new Site();
    await using desk = await openDesk(server.url);
    await using bare = startChild("bare");
    await bare.output.wait("ready");
    const publisher = new Publisher();
    const smallListed = { made: small, url: site.put("/small.tgz", small.bytes) };
    const put = (list: Parameters<Publisher["envelope"]>[0]) =>
      desk.bucket.put("machines", new TextEncoder().encode(publisher.envelope(list)));
    await put([smallListed]);
    await using agent = startMachinist([
      ...["run", `${directory}/machines`, "--store", server.url],
      ...["--public-key", publisher.publicKey, "--identity", "bench", "--log-format", "json"],
    ]);
    await agent.errors.wait(/The machine runs.*"version":"1\.0\.1"/);
    await sleep(SETTLE_MS);
    const cpu = await cpuPercentOf(agent.pid, quick ? 5_000 : 30_000);
    const bareMemory = await memoryOf(bare.pid);
    const before = await memoryOf(agent.pid);

    tell("the same agent after 300 MB");
    await put([smallListed, { made: large, url: site.put("/large.tgz", large.bytes) }]);
    await agent.errors.wait(/The machine runs.*"version":"1\.0\.0"/, { timeoutMs: 120_000 });
    await sleep(SETTLE_MS);
    const after = await memoryOf(agent.pid);
    return [
      above("agent idle, NATS, 1 machine, RSS (MiB)", {
        ours: before.rss,
        peer: bareMemory.rss,
        more: 30,
      }),
      within("agent idle, NATS, 1 machine, CPU (% of a core, at most 0.2)", {
        ours: cpu,
        limit: 0.2,
      }),
      above("agent after deploying 300 MB, RSS (MiB)", {
        ours: after.rss,
        peer: before.rss,
        more: 20,
      }),
      told("agent while deploying 300 MB, most RSS (MiB)", after.peak, before.rss),
    ];
  },
};
