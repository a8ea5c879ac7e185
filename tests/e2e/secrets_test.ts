import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { connect } from "@nats-io/transport-node";
import { main } from "../../src/cli/main.ts";
import { generateKeyPair } from "../../src/spec/private_key.ts";
import { FakeTerminal } from "../cli/fake_terminal.ts";
import { startCli } from "../support/cli.ts";
import { redirectPage, startHttpServer } from "../support/http_server.ts";
import { type MachineArchive, machineArchive } from "../support/machine_archive.ts";
import { startNatsServer } from "../support/nats_server.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { until } from "./until.ts";

/** Each shows where a leak comes from. All are plain words, so that no encoding of URLs or JSON hides them. */
const CANARIES = {
  entry: "canaryEntryPassword",
  url: "canaryUrlPassword",
  query: "canaryQueryToken",
  nats: "canaryNatsPassword",
} as const;

const keys = generateKeyPair();
const { privateKey } = keys;
/** The private half without the public one behind it, which is no secret. */
const SECRETS: Readonly<Record<string, string>> = {
  ...CANARIES,
  key: privateKey.slice(0, 64),
};

/** Secrets in a text, also when that is base64 of a list. */
function leaks(where: string, text: string): readonly string[] {
  return Object.entries(SECRETS).filter(([, secret]) => text.includes(secret))
    .map(([name]) => `${where}: ${name}`);
}

function machine(name: string, dump: string): MachineArchive {
  return machineArchive({
    name,
    files: {
      "machine.yaml": `name: ${name}
version: 1.0.0
initial_state: RUN
transitions: [{name: rest, from: [RUN], destination: REST}]
watchers:
  - {name: work, type: exec, interval: 1s, state_match: [RUN], properties: {command: ./run.sh}}
`,
      "run.sh": `#!/bin/sh\n{ env; cat "$WATCHER_DATA" "$WATCHER_FACTS"; } > ${dump}.$$\n` +
        `tr '\\0' '\\n' < /proc/$PPID/cmdline >> ${dump}.$$\nmv ${dump}.$$ ${dump}\n`,
      "lib/data.txt": "x",
    },
  });
}

/** Every file below a directory, with its mode and its text. */
function files(root: string): { path: string; mode: number; text: string }[] {
  return [...Deno.readDirSync(root)].flatMap(({ name, isDirectory }) => {
    const path = `${root}/${name}`;
    if (isDirectory) return files(path);
    const mode = (Deno.lstatSync(path).mode ?? 0) & 0o777;
    return [{ path, mode, text: new TextDecoder().decode(Deno.readFileSync(path)) }];
  });
}

/** The text of a file; undefined while there is none. */
function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return undefined;
  }
}

/** Texts that hold a secret inside base64 hold it as well: packed lists. */
function unpacked(text: string): string {
  const parts = text.match(/[A-Za-z0-9+/]{64,}={0,2}/g) ?? [];
  return parts.map((part) => {
    try {
      return atob(part);
    } catch {
      return "";
    }
  }).join("\n");
}

Deno.test("main() and the agent show no secret in any output, event, state, error or log (#84, #85, #86)", async () => {
  await using directory = await temporaryDirectory();
  await using http = startHttpServer();
  await using nats = await startNatsServer({
    authorization: `user: node, password: ${CANARIES.nats}`,
  });
  const { path } = directory;
  const machines = `${path}/machines`;
  const found: string[] = [];
  const good = machine("good", `${path}/dump`);
  http.pages.set("/good.tgz", good.bytes);
  http.pages.set("/page.tgz", new TextEncoder().encode("<html>not here</html>"));
  http.pages.set("/away.tgz", redirectPage(`http://127.0.0.1:9/?token=${CANARIES.query}`));
  http.pages.set("/denied.tgz", () => new Response("no", { status: 401 }));
  const url = (page: string, port = http.port) =>
    `http://user:${CANARIES.url}@127.0.0.1:${port}/${page}?token=${CANARIES.query}`;
  const plain = (page: string) => `${http.url}/${page}?token=${CANARIES.query}`;
  const entry = (name: string, source: string, more: Readonly<Record<string, unknown>> = {}) => ({
    name,
    source,
    checksum: good.checksum,
    verify_checksum: good.verifyChecksum,
    match: "",
    ...more,
  });
  const password = { username: "user", password: CANARIES.entry };
  const list = [
    entry("good", plain("good.tgz"), password),
    entry("gone", url("gone.tgz")),
    entry("page", url("page.tgz")),
    entry("away", url("away.tgz")),
    entry("denied", plain("denied.tgz"), password),
    entry("refused", url("x.tgz", 9)),
    entry("mirror", url("gone.tgz"), { x: { mirrors: [plain("gone.tgz"), plain("page.tgz")] } }),
    entry("unknown", url("x.tgz"), { match: "get_fact('none').x == 1" }),
  ];

  let mustWork = true;
  /** Runs a command with all secrets around it, and notes what shows. */
  const run = async (input: string, ...args: readonly string[]): Promise<string> => {
    const env = {
      KEY: privateKey,
      NATS_URL: nats.url,
      NATS_USER: "node",
      NATS_PASSWORD: CANARIES.nats,
    };
    const io = new FakeTerminal({ cwd: path, input, env });
    const code = await main(args, io);
    if (mustWork) strictEqual(code, 0, io.stderr);
    found.push(...leaks(`${args.join(" ")}, stdout`, io.stdout));
    found.push(...leaks(`${args.join(" ")}, stderr`, io.stderr));
    return io.stdout;
  };

  const packed = await run(JSON.stringify(list), "pack", "-");
  await run("", "bucket");
  await run(packed, "push", "-");
  const connection = await connect({ servers: nats.url, user: "node", pass: CANARIES.nats });
  const events: string[] = [];
  connection.subscribe("choria.>", {
    callback(_error, message) {
      events.push(message.subject + message.string());
    },
  });
  await connection.flush();

  mustWork = false;
  // What is wrong with a list is said without what is secret in it.
  for (
    const broken of [
      [entry("a", url("x.tgz"), password)],
      [entry("a", `ftp://user:${CANARIES.url}@h/x?${CANARIES.query}`)],
      [entry("a", plain("x.tgz"), { username: "u", password: [CANARIES.entry] })],
      [entry("a", `{{ ${CANARIES.query} }}`)],
      [entry("a", plain("x"), { username: "u", password: `${CANARIES.entry}\n` })],
    ]
  ) {
    await run(JSON.stringify(broken), "pack", "-");
    await run(JSON.stringify(broken), "validate", "-");
  }

  Deno.writeTextFileSync(`${path}/spec.json`, packed);
  Deno.writeTextFileSync(`${path}/facts.json`, "{}");
  {
    await using agent = startCli([
      "run",
      machines,
      ...["--store", nats.url, "--public-key", keys.publicKey, "--identity", "n1"],
      ...["--log-level", "debug", "--log-format", "json", "--facts", `${path}/facts.json`],
      ...["--interval", "1s", "--manage-interval", "10s"],
    ], { env: { NATS_USER: "node", NATS_PASSWORD: CANARIES.nats, KEY: privateKey } });
    await until("every machine looked at, and a command run", () => {
      const status = JSON.parse(textOf(`${machines}/.machinist/status.json`) ?? '{"machines":[]}');
      const codes = new Map<string, string>(
        status.machines.map(({ name, code }: { name: string; code: string }) => [name, code]),
      );
      return codes.size === list.length && codes.get("good") === "ok" &&
        [...codes].every(([name, code]) => name === "good" || !["ok", "pending"].includes(code)) &&
        textOf(`${path}/dump`);
    }, { seen: () => agent.stderr.text.slice(-3000), timeoutMs: 30_000 });
    found.push(...leaks("machines", await run("", "machines", machines, "--json")));
    // The store goes away and comes back, and refuses the agent then.
    await nats.kill();
    await agent.waitForLog(/reach|unreachable|connection/i);
    await nats.start();
    const { stdout, stderr } = await agent.stop();
    found.push(...leaks("agent, stdout", stdout), ...leaks("agent, stderr", stderr));
    ok(stderr.length > 1_000);
  }
  await connection.close();
  ok(events.length > 5, "no events came");
  found.push(...leaks("events", events.join("\n")));
  // The environment and the files of a machine's command, and the agent's command line.
  found.push(...leaks("a command's world", Deno.readTextFileSync(`${path}/dump`)));

  for (
    const args of [
      ["machines", "--machines", machines],
      ["verify-install", machines],
      ["get"],
      ["get", "--json"],
      ["history"],
      ["verify", "spec.json", keys.publicKey],
      ["plan", "spec.json", "--machines", machines],
      ["plan", "spec.json", "--machines", machines, "--json"],
      ["run", machines, "--public-key", privateKey],
      ["verify", "spec.json", privateKey],
      ["permissions", machines, "--public-key", keys.publicKey, "--store", nats.url],
      ["get", "--store", `nats://node:${CANARIES.nats}@127.0.0.1:9`],
      ["get", "--store", `bad://node:${CANARIES.nats}@127.0.0.1:9`],
      ["get", "--user", "node", "--password", `${CANARIES.nats}x`],
    ]
  ) await run("", ...args);

  deepStrictEqual(found, []);
  checkState(machines);
});

/** Secrets stand on the disk only where the reference's form needs them, readable by their owner alone. */
function checkState(machines: string): void {
  const holders: string[] = [];
  for (const { path, mode, text } of files(machines)) {
    const name = path.slice(machines.length + 1);
    const plain = leaks(name, text).length > 0;
    const packed = leaks(name, unpacked(text)).length > 0;
    if (!plain && !packed) continue;
    holders.push(plain ? name : `${name} (packed)`);
    strictEqual(mode, 0o600, `${name} is readable by others`);
  }
  // mm_*: the password is a property of the archive watcher, as the reference has it. The rest is the list itself.
  const others = holders.filter((name) => !/^mm_[a-z]+\/machine\.yaml$/.test(name));
  deepStrictEqual(others.sort(), [
    ".machinist/manager/lkg.json (packed)",
    ".machinist/manager/machine_data.json (packed)",
  ]);
  strictEqual((Deno.statSync(machines).mode ?? 0) & 0o777, 0o700);
  strictEqual((Deno.statSync(`${machines}/mm_good`).mode ?? 0) & 0o777, 0o700);
}
