/**
 * `deno task bench [FILTER] [--json] [--quick]`: measures against what a user would use otherwise, in the same
 * run. `deno task bench fleet [PART] [--nodes 100,1000]`: many nodes against one server.
 *
 * @module
 */
import { parseArgs } from "node:util";
import type { Bench, Row } from "./row.ts";
import { keeps, table } from "./table.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    nodes: { type: "string", default: "100,1000" },
  },
});
const { json, quick } = values;
const [filter = "", part] = positionals;
const tell = (text: string) => console.error(`bench: ${text}`);
const rows: Row[] = [];
const onRow = (row: Row) => {
  rows.push(row);
  if (json) console.log(JSON.stringify(row));
};

const shared = await Deno.realPath(await Deno.makeTempDir({ prefix: "machinist-bench-" }));
try {
  if (filter === "fleet") await runFleet();
  else await runRows();
} finally {
  await Deno.remove(shared, { recursive: true });
}
if (!json) console.log(table(rows));
tell(`${rows.length} rows, ${rows.filter((row) => !keeps(row)).length} miss their goal`);

async function runRows(): Promise<void> {
  for (const bench of await benches()) {
    if (!bench.name.includes(filter)) continue;
    const directory = `${shared}/${bench.name.replaceAll(" ", "_")}`;
    await Deno.mkdir(directory);
    for (const row of await bench.run({ directory, shared, tell, quick })) onRow(row);
    await Deno.remove(directory, { recursive: true });
  }
}

async function runFleet(): Promise<void> {
  const { fleet } = await import("./fleet.ts");
  const sizes = values.nodes.split(",").map(Number);
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 1);
  if (wrong !== undefined) throw new RangeError(`Cannot simulate "${values.nodes}" nodes`);
  await fleet({ directory: shared, shared, tell, quick }, { sizes, part, onRow });
}

/** The rows of one node, cheapest first. */
async function benches(): Promise<readonly Bench[]> {
  const { commands } = await import("./rows/commands.ts");
  const { start } = await import("./rows/start.ts");
  const { putToRunning } = await import("./rows/put_to_running.ts");
  const { trees } = await import("./rows/trees.ts");
  const { idle } = await import("./rows/idle.ts");
  const { steady } = await import("./rows/steady.ts");
  return [commands, start, putToRunning, trees, idle, steady];
}
