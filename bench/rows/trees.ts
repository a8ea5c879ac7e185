import { startChild } from "../child.ts";
import { shell } from "../command.ts";
import { inMemory } from "../memory.ts";
import type { Package } from "../package.ts";
import { alternate, timed } from "../rounds.ts";
import { type Bench, type BenchWorld, type Row, told, versus } from "../row.ts";
import { shaped } from "../shapes.ts";
import { Site } from "../site.ts";

/** One shape of an archive, and what it may cost against the tools of the system. */
interface Shape {
  readonly label: string;
  readonly name: "many" | "large";
  readonly verifyGoal: number;
  readonly deployGoal: number;
  readonly rounds: { readonly verify: number; readonly deploy: number };
}

const SHAPES: readonly Shape[] = [
  {
    label: "2,000 files, 16 MB",
    name: "many",
    verifyGoal: 1,
    deployGoal: 1,
    rounds: { verify: 11, deploy: 9 },
  },
  {
    label: "6 files, 300 MB",
    name: "large",
    verifyGoal: 0.3,
    deployGoal: 0.4,
    rounds: { verify: 5, deploy: 3 },
  },
];

/** Verifying and deploying trees, by the installer of a running agent and by the tools of the system. */
export const trees: Bench = {
  name: "trees verify deploy",
  run(world) {
    return inMemory((directory) => measure({ ...world, directory }));
  },
};

async function measure(world: BenchWorld): Promise<readonly Row[]> {
  const rows: Row[] = [];
  await using site = new Site();
  for (const shape of SHAPES) {
    const made = await shaped(shape.name, world);
    const url = site.put(`/${shape.name}.tgz`, made.bytes);
    const plan = { ...shape, rounds: world.quick ? QUICK : shape.rounds };
    rows.push(...await verifyRows(world, plan, made, url));
    rows.push(...await deployRows(world, plan, made, url));
  }
  return rows;
}

const QUICK = { verify: 3, deploy: 2 };

function request(made: Package, target: string, url: string) {
  const { name: creates, checksum, verify, verifyChecksum, size } = made;
  return { sources: [url], checksum, verify, verifyChecksum, creates, target, size };
}

async function verifyRows(
  { directory, tell }: BenchWorld,
  shape: Shape,
  made: Package,
  url: string,
): Promise<readonly Row[]> {
  tell(`verifying ${shape.label}`);
  const target = `${directory}/verify-${shape.name}`;
  await Deno.mkdir(`${target}/.machinist`, { recursive: true });
  await using child = startChild("installer", [`${target}/.machinist`]);
  const install = request(made, target, url);
  await child.ask({ install });
  await child.ask({ settle: true });
  const found = await alternate({
    peer: () =>
      timed(() => shell("sha256sum --quiet -c SHA256SUMS", { cwd: `${target}/${made.name}` })),
    ours: () => timed(async () => verified(await child.ask({ check: install }))),
    looked: () => timed(async () => verified(await child.ask({ look: install }))),
  }, { rounds: shape.rounds.verify });
  const { ours, peer, looked } = found;
  return [
    versus(`verify a tree, ${shape.label} (ms)`, { ours, peer, times: shape.verifyGoal }),
    told(`look at a verified tree, ${shape.label} (ms)`, looked, peer),
  ];
}

function verified(report: Readonly<Record<string, unknown>>): void {
  if (report["result"] === "verified") return;
  throw new Error(`Cannot trust the bench: the tree is "${JSON.stringify(report)}"`);
}

async function deployRows(
  { directory, tell }: BenchWorld,
  shape: Shape,
  made: Package,
  url: string,
): Promise<readonly Row[]> {
  tell(`deploying ${shape.label}`);
  const peerTarget = `${directory}/peer-${shape.name}`;
  const ourTarget = `${directory}/deploy-${shape.name}`;
  const ours = async () => {
    await removed(ourTarget);
    await Deno.mkdir(`${ourTarget}/.machinist`, { recursive: true });
    // A fresh directory wants a fresh installer; it is warm by a small archive, as a running agent's is.
    await using child = startChild("installer", [`${ourTarget}/.machinist`]);
    await child.ask({ settle: true });
    const ms = await timed(() => child.ask({ install: request(made, ourTarget, url) }));
    await child.ask({ settle: true });
    return ms;
  };
  const peer = async () => {
    await removed(peerTarget);
    await Deno.mkdir(peerTarget, { recursive: true });
    return await timed(() => shell(peerScript(made, url), { cwd: peerTarget }));
  };
  const found = await alternate({ peer, ours }, { rounds: shape.rounds.deploy });
  await removed(ourTarget);
  await removed(peerTarget);
  return [versus(`deploy, ${shape.label} (ms)`, { ...found, times: shape.deployGoal })];
}

/** What a careful administrator would write: nothing is used before it was compared. */
function peerScript({ name, checksum, verifyChecksum }: Package, url: string): string {
  return `curl -sf -o a.tgz ${url}
echo "${checksum}  a.tgz" | sha256sum --quiet -c -
mkdir stage && tar xzf a.tgz -C stage
echo "${verifyChecksum}  stage/${name}/SHA256SUMS" | sha256sum --quiet -c -
(cd stage/${name} && sha256sum --quiet -c SHA256SUMS)
mv stage/${name} ${name}`;
}

async function removed(path: string): Promise<void> {
  await Deno.remove(path, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
}
