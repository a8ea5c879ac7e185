/**
 * `deno task bench [FILTER] [--json] [--quick]`: measures against what a user would use otherwise, in the same
 * run. `deno task bench fleet [--nodes N]`: many nodes against one server.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { keeps, table } from "./table.ts";
import type { Bench, Row } from "./row.ts";

/** The rows of the issue, cheapest first. */
async function benches(): Promise<readonly Bench[]> {
  const { commands } = await import("./rows/commands.ts");
  const { trees } = await import("./rows/trees.ts");
  return [commands, trees];
}

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    nodes: { type: "string" },
    keep: { type: "boolean", default: false },
  },
});
const { json, quick, keep } = values;
const [filter = ""] = positionals;
const directory = await Deno.realPath(await Deno.makeTempDir({ prefix: "machinist-bench-" }));
const tell = (text: string) => console.error(`bench: ${text}`);
const rows: Row[] = [];
try {
  const all = await benches();
  for (const bench of all) {
    if (filter !== "" && !bench.name.includes(filter)) continue;
    const place = `${directory}/${bench.name.replaceAll(" ", "-")}`;
    await Deno.mkdir(place);
    for (const row of await bench.run({ directory: place, tell, quick })) {
      rows.push(row);
      if (json) console.log(JSON.stringify(row));
    }
    if (!keep) await Deno.remove(place, { recursive: true });
  }
} finally {
  if (!keep) await Deno.remove(directory, { recursive: true });
}
if (!json) console.log(table(rows));
const missed = rows.filter((row) => !keeps(row));
tell(`${rows.length} rows, ${missed.length} missed`);
