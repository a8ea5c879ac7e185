import { ok, strictEqual } from "node:assert/strict";
import { pause } from "../faults/pause.ts";
import { stopInTime, Victim, witness } from "../faults/victim.ts";
import { seeded } from "../fuzz/engine.ts";
import { machineArchive } from "../support/machine_archive.ts";
import { runCli } from "../support/cli.ts";
import { until } from "./until.ts";

/** Stops at random moments in the normal run; `MACHINIST_KILLS` makes it more. */
const STOPS = Math.max(6, Math.floor(Number(Deno.env.get("MACHINIST_KILLS") ?? 0) / 5));

Deno.test("startCli() ends within 10 s and with 0 at SIGTERM, whenever it comes (#200)", async () => {
  await using victim = await Victim.open();
  const archives = ["1.0.0", "2.0.0"].map((version) => witness(version, victim.complaints));
  const random = seeded(200);
  for (let stop = 0; stop < STOPS; stop++) {
    const archive = archives[stop % archives.length];
    ok(archive !== undefined);
    await using agent = victim.start();
    await agent.waitForLog("The node starts");
    await victim.publish(archive);
    await pause(400 * random());
    const { code, stderr } = await stopInTime(agent, stop % 2 === 0 ? "SIGTERM" : "SIGINT");
    strictEqual(code, 0, stderr);
    victim.standing(archives);
  }
});

/** A machine whose command ignores the polite way. */
const stubborn = (sign: string) =>
  machineArchive({
    name: "web",
    files: {
      "machine.yaml": `name: web
version: 1.0.0
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers:
  - {name: work, type: exec, interval: 1s, state_match: [RUN], properties: {command: ./run.sh, timeout: 1h}}
`,
      "run.sh":
        `#!/bin/sh\ntrap '' TERM\n(trap '' TERM; sleep 300) &\necho $$ > ${sign}\nwait\nsleep 300\n`,
      "lib/data.txt": "x",
    },
  });

/** Processes of a group that still run; zombies do not. */
async function alive(group: string): Promise<string> {
  const { stdout } = await new Deno.Command("ps", { args: ["-eo", "pgid=,stat=,args="] }).output();
  return new TextDecoder().decode(stdout).split("\n")
    .filter((line) => line.trim().startsWith(`${group} `) && !/^\s*\d+\s+Z/.test(line)).join("\n");
}

Deno.test("startCli() stops a command that ignores SIGTERM before its machine goes (#187)", async () => {
  await using victim = await Victim.open();
  const sign = `${victim.path}/pid`;
  const archive = stubborn(sign);
  await using agent = victim.start();
  await victim.publish(archive);
  const pid = await until("the command running", () => {
    try {
      return Deno.readTextFileSync(sign).trim() || undefined;
    } catch {
      return undefined;
    }
  });
  ok(await alive(pid) !== "");
  await victim.publishNothing([archive.name]);
  await until("the machine gone", () => victim.standing([archive]) === undefined, {
    seen: () => agent.stderr.text.slice(-3_000),
  });
  strictEqual(await alive(pid), "");
  strictEqual((await stopInTime(agent)).code, 0);
});

Deno.test("startCli() stops within 10 s with a command that ignores SIGTERM (#200)", async () => {
  await using victim = await Victim.open();
  const sign = `${victim.path}/pid`;
  await using agent = victim.start();
  await victim.publish(stubborn(sign));
  await until("the command running", () => {
    try {
      return Deno.readTextFileSync(sign).trim() || undefined;
    } catch {
      return undefined;
    }
  });
  strictEqual((await stopInTime(agent)).code, 0);
  strictEqual(await alive(Deno.readTextFileSync(sign).trim()), "");
});

Deno.test("startCli() exits 75 for the second of a directory, not after a kill (#202)", async () => {
  await using victim = await Victim.open();
  await victim.publish(witness("1.0.0", victim.complaints));
  {
    await using first = victim.start();
    await victim.untilRuns(first);
    await using second = victim.start();
    const { code, stderr } = await second.status.then(() => second.stop());
    strictEqual(code, 75, stderr);
    ok(stderr.includes("[locked]"), stderr);
    await first.stop("SIGKILL");
  }
  victim.forgetStatus();
  await using third = victim.start();
  await victim.untilRuns(third);
  strictEqual((await stopInTime(third)).code, 0);
});

Deno.test("startCli() keeps its configuration when a new one is bad at SIGHUP (#201)", async () => {
  await using victim = await Victim.open();
  const config = `${victim.path}/config.yaml`;
  Deno.writeTextFileSync(config, "log-level: info\n");
  await victim.publish(witness("1.0.0", victim.complaints));
  await using agent = victim.start(["--config", config]);
  await victim.untilRuns(agent);
  for (const text of ["log-level: loud\n", "log-lvl: info\n", "{"]) {
    Deno.writeTextFileSync(config, text);
    const seen = agent.stderr.text.length;
    agent.signal("SIGHUP");
    await until(
      "the refusal in the log",
      () => agent.stderr.text.slice(seen).includes("refused, the old ones stay"),
    );
  }
  victim.forgetStatus();
  await victim.untilRuns(agent);
  strictEqual((await stopInTime(agent)).code, 0);
});

Deno.test("runCli() asks no host through a proxy that it may not ask without (#99)", async () => {
  await using victim = await Victim.open();
  const seen: string[] = [];
  await using proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    seen.push(request.url);
    return new Response(null, { status: 502 });
  });
  const env = {
    http_proxy: `http://127.0.0.1:${proxy.addr.port}`,
    HTTP_PROXY: `http://127.0.0.1:${proxy.addr.port}`,
  };
  await victim.publish(witness("1.0.0", victim.complaints));
  const args = (host: string) => [
    ...["run", victim.machines, "--once", "--store", `file:${victim.path}/store`],
    ...["--public-key", victim.publicKey, "--identity", "n1", "--timeout", "5s", "--json"],
    ...["--allow-host", host],
  ];
  const refused = await runCli(args("files.example.net"), { env });
  strictEqual(refused.code, 1, refused.stderr);
  strictEqual(JSON.parse(refused.stdout).machines[0].code, "host");
  strictEqual(seen.length, 0);
  const asked = await runCli(args("127.0.0.1"), { env });
  strictEqual(asked.code, 1, asked.stderr);
  strictEqual(JSON.parse(asked.stdout).machines[0].code, "http_502");
  ok(seen.length > 0);
});
