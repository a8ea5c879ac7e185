import { ok, strictEqual } from "node:assert/strict";
import { Story } from "./story.ts";
import { until } from "./until.ts";

/** Ways to change an installed machine, and how to see that it is whole again. */
const TAMPERED: readonly [string, (path: string) => void | Promise<void>][] = [
  ["a byte changed (#172)", (path) => Deno.writeTextFileSync(`${path}/data.txt`, "0ther")],
  ["a file emptied (#172)", (path) => Deno.truncateSync(`${path}/run.sh`)],
  ["a file removed (#172)", (path) => Deno.removeSync(`${path}/data.txt`)],
  ["a mode changed (#172)", (path) => Deno.chmodSync(`${path}/run.sh`, 0o644)],
  ["a file added (#173)", (path) => Deno.writeTextFileSync(`${path}/extra.txt`, "x")],
  ["a dotfile added (#173)", (path) => Deno.writeTextFileSync(`${path}/.hidden`, "x")],
  ["a file replaced by a link to the same bytes (#174)", (path) => {
    Deno.renameSync(`${path}/data.txt`, `${path}/../outside.txt`);
    Deno.symlinkSync(`${path}/../outside.txt`, `${path}/data.txt`);
  }],
  ["a name added that is not UTF-8 (#173)", (path) => shell(`: > "$(printf '${path}/a\\377')"`)],
  ["a file that has another name elsewhere (#174)", (path) => {
    Deno.linkSync(`${path}/data.txt`, `${path}/../../linked.txt`);
    Deno.writeTextFileSync(`${path}/data.txt`, "other");
  }],
  ["a file replaced by a FIFO (#174)", async (path) => {
    Deno.removeSync(`${path}/data.txt`);
    await shell(`mkfifo '${path}/data.txt'`);
  }],
  ["the sums changed with the file (#176)", (path) => {
    Deno.writeTextFileSync(`${path}/SHA256SUMS`, "0".repeat(64) + "  data.txt\n");
  }],
  ["the directory replaced by a link (#175)", (path) => {
    Deno.renameSync(path, `${path}/../../elsewhere`);
    Deno.symlinkSync(`${path}/../../elsewhere`, path);
  }],
  ["the manager machine's manifest changed", (path) => {
    const file = `${path}/../mm_${path.split("/").at(-1)}/machine.yaml`;
    Deno.writeTextFileSync(
      file,
      Deno.readTextFileSync(file).replace("type: archive", "type: exec"),
    );
  }],
];

async function shell(script: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Exactly what was installed: names, bytes, modes, kinds. */
function picture(directory: string): string {
  const lines: string[] = [];
  const visit = (path: string) => {
    for (const { name } of [...Deno.readDirSync(path)].sort((a, b) => a.name < b.name ? -1 : 1)) {
      // A name that is not UTF-8 is listed, and not found.
      if (name.includes("\ufffd")) return lines.push(name);
      const info = Deno.lstatSync(`${path}/${name}`);
      const mode = ((info.mode ?? 0) & 0o7777).toString(8);
      const content = info.isFile ? Deno.readTextFileSync(`${path}/${name}`) : "";
      lines.push(`${name} ${info.isSymlink} ${info.isDirectory} ${mode} ${content}`);
      if (info.isDirectory) visit(`${path}/${name}`);
    }
  };
  if (!Deno.lstatSync(directory).isDirectory) return "no directory";
  visit(directory);
  return lines.join("\n");
}

Deno.test("tampering is found and repaired within an interval, offline too", async (t) => {
  await using story = await Story.open();
  const files = { "run.sh": "#!/bin/sh\necho hi\n" };
  const names = TAMPERED.map((_, index) => `m${index}`);
  await story.publish(await Promise.all(names.map((name) => story.machine(name, { files }))));
  await using node = story.node();
  for (const name of names) await story.untilRuns(name);
  const see = (name: string) =>
    picture(`${story.machines}/${name}`) + picture(`${story.machines}/mm_${name}`);
  const whole = new Map(names.map((name) => [name, see(name)]));
  // The archives are in the node's own cache: nobody needs to serve them again.
  story.http.pages.clear();
  for (const [index, [, tamper]] of TAMPERED.entries()) {
    await tamper(`${story.machines}/m${index}`);
    ok(see(`m${index}`) !== whole.get(`m${index}`));
  }
  for (const [index, [title]] of TAMPERED.entries()) {
    await t.step(title, async () => {
      const name = `m${index}`;
      await until("the repair", () => {
        try {
          return see(name) === whole.get(name);
        } catch {
          return false;
        }
      }, { timeoutMs: 30_000, seen: () => [see(name), node.stderr.all.slice(-12)] });
      await story.untilRuns(name);
    });
  }
  strictEqual((await node.stop()).code, 0);
  // What a link led to was neither changed nor removed.
  const linked = TAMPERED.findIndex(([title]) => title.includes("#175"));
  strictEqual(story.read("../elsewhere/data.txt"), `m${linked} 1.0.0\n`);
});

Deno.test("a machine that was changed while no agent ran does not run until it is repaired", async () => {
  await using story = await Story.open();
  await story.publish([await story.machine("one")]);
  {
    await using node = story.node();
    await story.untilRuns("one");
    await node.stop();
  }
  Deno.writeTextFileSync(`${story.machines}/one/data.txt`, "evil");
  story.http.pages.clear();
  Deno.removeSync(`${story.machines}/.machinist/cache`, { recursive: true });
  await using node = story.node();
  const status = await story.untilStatus(
    "a refusal",
    ({ machines }) =>
      machines.some(({ name, code }) => name === "one" && code !== "ok" && code !== "pending"),
  );
  const [one] = status.machines;
  strictEqual(one?.state, null);
  await node.waitForLog(/tampered|not what was signed/);
});
