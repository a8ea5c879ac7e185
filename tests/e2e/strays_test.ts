import { ok, strictEqual } from "node:assert/strict";
import { Lines } from "../support/lines.ts";
import { ROOT } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";

function manifest(type: string): string {
  return `name: ${type}
version: 1.0.0
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers: [{name: work, type: ${type}, interval: 100ms}]
`;
}

Deno.test("a node outlives what a watcher forgets: promises, timers, callbacks (#204)", async () => {
  await using directory = await temporaryDirectory();
  const machines = `${directory.path}/machines`;
  Deno.mkdirSync(machines, { mode: 0o700 });
  for (const type of ["forgetful", "careful"]) {
    Deno.mkdirSync(`${machines}/${type}`);
    Deno.writeTextFileSync(`${machines}/${type}/machine.yaml`, manifest(type));
  }
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "-A", "-q", `${ROOT}/tests/support/stray_node.ts`, machines],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [stdout, stderr] = [new Lines(child.stdout), new Lines(child.stderr)];
  try {
    for (const what of ["promise", "timer", "callback"]) {
      await stderr.wait(new RegExp(`Nobody caught .*a ${what} that was forgotten`));
    }
    await stdout.wait("looked", { after: stdout.all.length + 5 });
    child.kill("SIGTERM");
    const { code } = await child.status;
    strictEqual(code, 0, stderr.text);
  } finally {
    try {
      child.kill("SIGKILL");
    } catch {
      // It has ended already.
    }
    await child.status;
    await Promise.all([stdout.done, stderr.done]);
  }
  ok(stderr.all.filter((line) => line.includes("a promise that")).length > 1);
});
