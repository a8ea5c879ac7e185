import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { DenoFs } from "../../src/deno/fs.ts";
import { FaultFs } from "../../src/testing/fault_fs.ts";
import { seeded } from "../fuzz/engine.ts";
import { CrashNode, machine, type Tree } from "./node.ts";

/**
 * What changes the disk. Between two of these a kill finds the same disk wherever it comes, so stopping before
 * each of them is stopping everywhere.
 */
const CHANGES = new Set(["create", "append", "write", "mkdir", "rename", "remove", "chmod"]);

/** Points of one story that are all tried; of more, this many are drawn with a fixed seed. */
const MAX_POINTS = 2_000;

const web1 = machine("web", "1.0.0");
const web2 = machine("web", "2.0.0");
const db = machine("db", "1.0.0");

/** A change of a node. */
export interface Story {
  readonly name: string;
  /** Brings the node to where the change begins. */
  prepare(node: CrashNode): Promise<void>;
  /** Machines that must stand, old or new, after every crash. */
  readonly kept: readonly string[];
}

/** A deployment, an update, a repair and a purge, on the same node. */
export const STORIES: readonly Story[] = [
  { name: "a deployment", prepare: (node) => node.publish(1, [web1]), kept: [] },
  {
    name: "an update",
    async prepare(node) {
      await begin(node);
      await node.publish(2, [web2, db]);
    },
    kept: ["web", "db"],
  },
  {
    name: "a repair",
    async prepare(node) {
      await begin(node);
      Deno.writeTextFileSync(`${node.machines}/web/run.sh`, "#!/bin/sh\necho evil\n");
      Deno.removeSync(`${node.machines}/web/lib/data.txt`);
    },
    kept: ["web", "db"],
  },
  {
    name: "a purge",
    async prepare(node) {
      await begin(node);
      await node.publish(2, [web1]);
    },
    kept: ["web"],
  },
];

async function begin(node: CrashNode): Promise<void> {
  await node.publish(1, [web1, db]);
  strictEqual((await node.boot()).done, true);
}

/** The trees of a node. */
type Trees = Readonly<Record<string, Tree>>;

const treesOf = (node: CrashNode): Trees => ({ web: node.tree("web"), db: node.tree("db") });

/** What a story does when nothing goes wrong. */
interface Course {
  readonly story: Story;
  readonly before: Trees;
  readonly after: Trees;
  readonly outside: string;
  /** The operations, one line each: `rename a b`. */
  readonly trace: readonly string[];
}

/** Tells the story once; the node stands at its beginning again then. */
async function tell(node: CrashNode, story: Story): Promise<Course> {
  await story.prepare(node);
  node.keep();
  const before = treesOf(node);
  const fs = new FaultFs(new DenoFs());
  const { done, log } = await node.boot({ fs });
  strictEqual(done, true, JSON.stringify(log.messages()));
  deepStrictEqual(node.violations, []);
  return { story, before, after: treesOf(node), outside: node.outside(), trace: fs.trace };
}

/** After a crash: an offline life, then an online one, each held against what must be. */
async function survive(node: CrashNode, { story, before, after, outside }: Course) {
  const [, sealed] = node.trust();
  const offline = await node.boot({ offline: true, seconds: 15, until: () => false });
  strictEqual(offline.failure, undefined, "offline");
  deepStrictEqual(node.unreadable(), []);
  if (sealed !== undefined) ok(node.trust()[1] !== undefined, "the second witness is lost (#177)");
  for (const [name, tree] of Object.entries(treesOf(node))) {
    const standing = JSON.stringify(tree);
    const allowed = [before[name], after[name]].map((each) => JSON.stringify(each));
    ok(allowed.includes(standing), `offline: "${name}" is neither old nor new: ${standing}`);
    if (story.kept.includes(name)) ok(tree !== undefined, `offline: "${name}" is lost`);
  }
  const { done, status, failure, log } = await node.boot();
  strictEqual(done, true, `online: ${failure} ${JSON.stringify([status, log.messages()])}`);
  deepStrictEqual(treesOf(node), after, "online");
  if (node.leftovers().length > 0) await node.boot({ seconds: 15, until: () => false });
  deepStrictEqual(node.leftovers(), []);
  deepStrictEqual(node.unreadable(), []);
  const [state, seal] = node.trust();
  strictEqual(seal, state);
  strictEqual(node.outside(), outside);
  deepStrictEqual(node.violations, [], "ran what nobody signed");
}

/** Breaks the story at each point, and holds what comes of it against the course. */
export async function matrix(
  story: Story,
  points: (trace: readonly string[]) => readonly number[],
  act: (node: CrashNode, at: number) => Promise<void>,
): Promise<void> {
  await using node = await CrashNode.make();
  const course = await tell(node, story);
  const all = sample(points(course.trace));
  ok(all.length > 10);
  for (const at of all) {
    try {
      await node.restore();
      await act(node, at);
      await survive(node, course);
    } catch (cause) {
      const what = (course.trace[at - 1] ?? "").replaceAll(node.machines, "");
      throw new Error(`Cannot survive operation ${at}, about "${what}"`, { cause });
    }
  }
}

function sample(points: readonly number[]): readonly number[] {
  if (points.length <= MAX_POINTS) return points;
  const random = seeded(170);
  return Array.from(
    { length: MAX_POINTS },
    () => points[Math.floor(random() * points.length)] ?? 1,
  );
}

/** Every operation that changes the disk. */
export const changes = (trace: readonly string[]) =>
  trace.flatMap((line, index) => CHANGES.has(line.split(" ")[0] ?? "") ? [index + 1] : []);
