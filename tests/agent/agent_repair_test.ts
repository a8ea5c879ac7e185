import { ok, strictEqual } from "node:assert/strict";
import { AgentRig, INTERVAL_MS, machine } from "./rig.ts";

/** Ways to change an installed machine, one thing at a time; `aside` is a place outside of the machines directory. */
const CHANGES: readonly [string, (path: string, aside: string) => void | Promise<void>][] = [
  [
    "#172 a byte is changed",
    (path) => Deno.writeTextFileSync(`${path}/lib/data.txt`, "One 1.0.0\n"),
  ],
  ["#172 a byte is changed under the same time", (path) => {
    const { atime, mtime } = Deno.statSync(`${path}/lib/data.txt`);
    Deno.writeTextFileSync(`${path}/lib/data.txt`, "One 1.0.0\n");
    Deno.utimeSync(`${path}/lib/data.txt`, atime ?? 0, mtime ?? 0);
  }],
  ["#172 a file is cut short", (path) => Deno.truncateSync(`${path}/run.sh`, 3)],
  ["#172 a file is removed", (path) => Deno.removeSync(`${path}/run.sh`)],
  ["#172 a directory is removed", (path) => Deno.removeSync(`${path}/lib`, { recursive: true })],
  ["#172 the machine is removed", (path) => Deno.removeSync(path, { recursive: true })],
  ["#172 a mode is wider", (path) => Deno.chmodSync(`${path}/run.sh`, 0o4777)],
  ["#172 a mode is narrower", (path) => Deno.chmodSync(`${path}/run.sh`, 0o644)],
  ["#172 a directory's mode is wider", (path) => Deno.chmodSync(`${path}/lib`, 0o777)],
  ["#173 a file is added", (path) => Deno.writeTextFileSync(`${path}/more`, "x")],
  ["#173 a dotfile is added", (path) => Deno.writeTextFileSync(`${path}/.more`, "x")],
  ["#173 a file is added further down", (path) => Deno.writeTextFileSync(`${path}/lib/.more`, "x")],
  ["#173 a directory is added", (path) => Deno.mkdirSync(`${path}/lib/empty`)],
  [
    "#173 an editor's backup is added",
    (path) => Deno.writeTextFileSync(`${path}/machine.yaml~`, ""),
  ],
  ["#173 a name that is not UTF-8 is added", (path) => shell(`: > "$(printf '${path}/a\\377')"`)],
  ["#174 a file becomes a link to the same bytes", (path, aside) => {
    Deno.renameSync(`${path}/lib/data.txt`, aside);
    Deno.symlinkSync(aside, `${path}/lib/data.txt`);
  }],
  ["#174 a file becomes a link to itself", (path) => {
    Deno.removeSync(`${path}/lib/data.txt`);
    Deno.symlinkSync("data.txt", `${path}/lib/data.txt`);
  }],
  ["#174 a file gets another name elsewhere", (path, aside) => {
    Deno.linkSync(`${path}/lib/data.txt`, aside);
  }],
  ["#174 a file becomes a FIFO", async (path) => {
    Deno.removeSync(`${path}/lib/data.txt`);
    await shell(`mkfifo '${path}/lib/data.txt'`);
  }],
  ["#174 a file becomes a directory", (path) => {
    Deno.removeSync(`${path}/lib/data.txt`);
    Deno.mkdirSync(`${path}/lib/data.txt`);
  }],
  ["#174 a directory becomes a link to the same files", (path, aside) => {
    Deno.renameSync(`${path}/lib`, aside);
    Deno.symlinkSync(aside, `${path}/lib`);
  }],
  ["#175 the machine becomes a link to itself elsewhere", (path, aside) => {
    Deno.renameSync(path, aside);
    Deno.symlinkSync(aside, path);
  }],
  ["#175 the machine becomes a file", (path) => {
    Deno.removeSync(path, { recursive: true });
    Deno.writeTextFileSync(path, "");
  }],
  ["#176 the sums are altered to fit", async (path) => {
    Deno.writeTextFileSync(`${path}/lib/data.txt`, "x");
    await shell(`cd '${path}' && sha256sum machine.yaml run.sh lib/data.txt > SHA256SUMS`);
  }],
  ["#176 the sums are empty", (path) => Deno.writeTextFileSync(`${path}/SHA256SUMS`, "")],
];

for (const [name, change] of CHANGES) {
  Deno.test(`Agent.run() repairs within one interval, without a network: ${name}`, async () => {
    await using rig = await AgentRig.open();
    const one = machine("one");
    await rig.publish([one]);
    rig.start();
    await rig.until("one running", () => rig.runs("one"));
    const path = `${rig.machines}/one`;
    const aside = `${rig.path}/aside`;
    const whole = await picture(path);
    rig.http.off(`http://files.test/${one.checksum}.tgz`);
    await change(path, aside);
    const elsewhere = await picture(aside);
    ok(await picture(path) !== whole);
    let now = "";
    for (let ms = 0; now !== whole || !rig.runs("one"); ms += 5_000) {
      ok(ms <= INTERVAL_MS + 5_000, `${now}\n${rig.log.text().slice(-2_000)}`);
      await rig.pass(5_000);
      now = await picture(path);
    }
    // Nothing is removed, written or closed through a link.
    strictEqual(withoutLinks(await picture(aside)), withoutLinks(elsewhere));
  });
}

Deno.test("Agent.run() leaves a machine alone of which only times have changed (#172)", async () => {
  await using rig = await AgentRig.open();
  await rig.publish([machine("one")]);
  rig.start();
  await rig.until("one running", () => rig.runs("one"));
  Deno.utimeSync(`${rig.machines}/one/run.sh`, 0, 0);
  Deno.writeTextFileSync(`${rig.machines}/one/machine_data.json`, "{}");
  rig.log.clear();
  await rig.pass(2 * INTERVAL_MS);
  strictEqual(/Repaired|does not run|is started/.test(rig.log.text()), false, rig.log.text());
  ok(rig.runs("one"));
});

async function shell(script: string): Promise<void> {
  const { success, stderr } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** How many names a file has elsewhere is not its own affair. */
function withoutLinks(text: string): string {
  return text.replaceAll(/ \d+ (?=[0-9a-f]{64} )/g, " ");
}

/** Names, kinds, modes, link counts, targets and bytes of a tree, links not followed, whatever the names are. */
async function picture(path: string): Promise<string> {
  const script =
    `find '${path}' -printf '%P %y %#m %l ' \\( -type f -printf '%n ' -exec sha256sum {} + ` +
    `-o -printf '\\n' \\) 2>/dev/null | sort`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout);
}
