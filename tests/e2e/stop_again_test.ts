import { ok, strictEqual } from "node:assert/strict";
import { startCli } from "../support/cli.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "./until.ts";

const MANIFEST = `name: stubborn
version: 1.0.0
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers:
  - {name: work, type: exec, interval: 500ms, properties: {command: ./run.sh, timeout: 1h}}
`;

/** Ignores the polite way, and so does what it starts. */
const SCRIPT = (sign: string) =>
  `#!/bin/sh\ntrap '' TERM\n(trap '' TERM; sleep 300) &\necho $$ > ${sign}.new\nmv ${sign}.new ${sign}\nwhile :; do sleep 1; done\n`;

/** Processes of a group that still run; zombies do not. */
async function alive(group: string): Promise<string> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pgid=,stat=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.trim().startsWith(`${group} `) && !/^\s*\d+\s+Z/.test(line)).join("\n");
}

const CASES: readonly [what: string, signals: number, codes: readonly number[]][] = [
  ["0 at a second signal, and leaves no command (#200)", 2, [0]],
  // When the second has ended it already, the third comes too late.
  ["130 at a third signal, and leaves no command (#200)", 3, [0, 130]],
];

for (const [what, signals, codes] of CASES) {
  Deno.test(`startCli() ends at once with ${what}`, async () => {
    await using directory = await temporaryDirectory();
    const machines = `${directory.path}/machines`;
    const sign = `${directory.path}/pid`;
    Deno.mkdirSync(`${machines}/stubborn`, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(`${machines}/stubborn/machine.yaml`, MANIFEST);
    Deno.writeTextFileSync(`${machines}/stubborn/run.sh`, SCRIPT(sign), { mode: 0o755 });
    await using node = startCli(["run", machines, "--identity", "n1", "--no-manager"]);
    const group = await until("the command running", () => {
      try {
        return Deno.readTextFileSync(sign).trim();
      } catch {
        return undefined;
      }
    });
    ok(await alive(group) !== "");
    const started = performance.now();
    for (let n = 1; n < signals; n++) {
      node.signal(n % 2 === 0 ? "SIGINT" : "SIGTERM");
      // Two signals of a kind may fold into one when they come together.
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const { code, stderr } = await node.stop("SIGINT");
    ok(performance.now() - started < 10_000);
    ok(codes.includes(code), `${code} ${stderr}`);
    strictEqual(await alive(group), "");
  });
}
