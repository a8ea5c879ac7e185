import { strictEqual } from "node:assert/strict";
import { temporaryDirectory } from "../support/temporary.ts";

/** Memory that a hostile archive may cost over idle. */
const MAX_GROWTH = 64 * 1024 * 1024;

const bombs: readonly (readonly [string, string])[] = [
  ["zeros", "ratio"],
  ["padding", "ratio"],
  ["files", "entries"],
  ["directories", "entries"],
  ["pax", "header_run"],
];

for (const [name, code] of bombs) {
  Deno.test(`Unpacking.finish() refuses a bomb of ${name} within its memory (#114 #117 #127 #145)`, async () => {
    await using directory = await temporaryDirectory();
    await bombMain("make", name, `${directory.path}/bomb`);
    await Deno.mkdir(`${directory.path}/stage`);
    const printed = await bombMain("run", `${directory.path}/bomb`, `${directory.path}/stage`);
    const found = JSON.parse(printed);
    strictEqual(found.code, code);
    const growth = found.peak - found.idle;
    strictEqual(growth <= MAX_GROWTH, true, `${(growth / 2 ** 20).toFixed(0)} MiB more than idle`);
  });
}

/** A process of its own: memory is counted from its start. */
async function bombMain(...args: readonly string[]): Promise<string> {
  const main = new URL("../support/bomb_main.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", main, ...args],
  }).output();
  strictEqual(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}
