import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { CrashNode, machine } from "../faults/node.ts";

const web = machine("web", "1.0.0");
const db = machine("db", "1.0.0");

/** The trees that the trash holds of a machine. */
function trashed(node: CrashNode, name: string): readonly string[] {
  const root = `${node.machines}/.machinist/trash/${name}`;
  try {
    return [...Deno.readDirSync(root)].map((generation) => `${root}/${generation.name}/tree`);
  } catch {
    return [];
  }
}

Deno.test("boot() puts a purged machine into the trash, with its own data (#185)", async () => {
  await using node = await CrashNode.make();
  await node.publish(1, [web, db]);
  strictEqual((await node.boot()).done, true);
  Deno.writeTextFileSync(`${node.machines}/db/machine_data.json`, '{"precious":1}');
  await node.publish(2, [web]);
  strictEqual((await node.boot()).done, true);
  strictEqual(node.tree("db"), undefined);
  const [tree] = trashed(node, "db");
  ok(tree !== undefined);
  strictEqual(Deno.readTextFileSync(`${tree}/machine_data.json`), '{"precious":1}');
  strictEqual(Deno.readTextFileSync(`${tree}/lib/data.txt`), "1.0.0\n");
});

Deno.test("boot() removes what a command writes beside its machine, but for what its entry allows (#207)", async () => {
  await using node = await CrashNode.make();
  node.onRun = (directory) => {
    Deno.writeTextFileSync(`${directory}/stray`, "x");
    Deno.mkdirSync(`${directory}/data`, { recursive: true });
    Deno.writeTextFileSync(`${directory}/data/kept`, "x");
  };
  await node.publish(1, [web], { allow_unlisted: ["data/"] });
  const repaired = await node.boot({
    until: () => node.runs > 0 && (node.tree("web") ?? {})["stray"] === undefined,
  });
  strictEqual(repaired.done, true, JSON.stringify(repaired.log.messages()));
  deepStrictEqual(Object.keys(node.tree("web") ?? {}).filter((path) => path.startsWith("data/")), [
    "data/",
    "data/kept",
  ]);
});
