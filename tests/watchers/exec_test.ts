import { deepStrictEqual, rejects, strictEqual, throws } from "node:assert";
import { DenoFs } from "../../src/deno/fs.ts";
import type { Data } from "../../src/machine/watcher.ts";
import type { Fs } from "../../src/ports/fs.ts";
import type { Verdict } from "../../src/ports/neighbours.ts";
import { FakeNode, FakeProcess, FaultFs, MemoryLog } from "../../src/testing/mod.ts";
import { ExecWatcher } from "../../src/watchers/exec.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { look, type LookOptions, templates } from "./look.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A machine with a script `off.sh`, and commands that the test writes. */
class Rig implements AsyncDisposable {
  readonly log = new MemoryLog();
  readonly node = new FakeNode({ facts: { os: "linux" } });
  readonly process = new FakeProcess();
  readonly admitted: string[] = [];
  verdict: Verdict = { ok: true };
  readonly machines: string;
  readonly #directory: AsyncDisposable;

  private constructor(directory: AsyncDisposable & { readonly path: string }) {
    this.machines = directory.path;
    this.#directory = directory;
  }

  static async create(): Promise<Rig> {
    const rig = new Rig(await temporaryDirectory());
    Deno.mkdirSync(`${rig.machines}/lamp`);
    Deno.mkdirSync(`${rig.machines}/.machinist`);
    Deno.writeTextFileSync(`${rig.machines}/lamp/off.sh`, "#!/bin/sh\n", { mode: 0o755 });
    Deno.writeTextFileSync(`${rig.machines}/lamp/data.txt`, "", { mode: 0o644 });
    return rig;
  }

  watcher(properties: Data, fs: Fs = new DenoFs()): ExecWatcher {
    const admission = {
      admit: (directory: string) => {
        this.admitted.push(directory);
        return Promise.resolve(this.verdict);
      },
    };
    const { log, node, process } = this;
    return ExecWatcher.create(properties, {
      log,
      node,
      process,
      admission,
      fs,
    });
  }

  look(options: LookOptions = {}) {
    return look({ machines: this.machines, ...options });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory[Symbol.asyncDispose]();
  }
}

Deno.test("ExecWatcher.watch() runs in the machine's directory with the reference's environment", async () => {
  await using rig = await Rig.create();
  const { machines } = rig;
  const seen: unknown[] = [];
  rig.process.on(`${machines}/lamp/off.sh`, (_command, { env }) => {
    for (const path of [env["WATCHER_DATA"] ?? "", env["WATCHER_FACTS"] ?? ""]) {
      seen.push(JSON.parse(Deno.readTextFileSync(path)), (Deno.statSync(path).mode ?? 0) & 0o777);
    }
    return { code: 0 };
  });
  const watcher = rig.watcher({
    command: "./off.sh --name '{{ name }}'",
    environment: ["A={{ name }}", "B=x=y"],
    timeout: "1.5s",
  });
  const data = { key: [1] };
  const outcome = await watcher.watch(
    rig.look({ data, watcher: "do it", template: templates({ name: "a b" }) }),
  );
  deepStrictEqual([outcome.result, outcome.state], ["success", "success"]);
  deepStrictEqual(seen, [data, 0o600, { os: "linux" }, 0o600]);
  const [run] = rig.process.runs;
  deepStrictEqual(run?.command, [`${machines}/lamp/off.sh`, "--name", "a b"]);
  const { WATCHER_DATA, WATCHER_FACTS, ...env } = run?.options.env ?? {};
  deepStrictEqual(env, {
    MACHINE_WATCHER_NAME: "do it",
    MACHINE_NAME: "lamp",
    PATH: `/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:${machines}/lamp`,
    A: "a b",
    B: "x=y",
  });
  strictEqual(WATCHER_DATA?.startsWith(`${machines}/.machinist/exec/`), true);
  strictEqual(WATCHER_FACTS?.startsWith(`${machines}/.machinist/exec/`), true);
  deepStrictEqual([...Deno.readDirSync(`${machines}/.machinist/exec`)], []);
  deepStrictEqual(
    [run?.options.cwd, run?.options.timeoutMs, run?.options.outputLimit],
    [`${machines}/lamp`, 1_500, 65_536],
  );
  deepStrictEqual(rig.admitted, ["lamp"]);
  deepStrictEqual(outcome.details, { command: "./off.sh --name '{{ name }}'" });
});

const FOUND: readonly (readonly [string, string])[] = [
  ["off.sh", "M/lamp/off.sh"],
  ["./off.sh", "M/lamp/off.sh"],
  ["sub/../off.sh", "M/lamp/off.sh"],
  ["data.txt", "data.txt"],
  ["ls", "ls"],
  ["..", ".."],
  ["/bin/ls", "/bin/ls"],
];

for (const [command, found] of FOUND) {
  Deno.test(`ExecWatcher.watch() takes "${command}" for ${found} (M15)`, async () => {
    await using rig = await Rig.create();
    await rig.watcher({ command }).watch(rig.look());
    deepStrictEqual(rig.process.runs[0]?.command, [found.replace("M", rig.machines)]);
  });
}

for (const command of ["../other/run", "M/other/run", "./../.machinist/x"]) {
  Deno.test(`ExecWatcher.watch() refuses ${command}, which is another machine's`, async () => {
    await using rig = await Rig.create();
    const line = command.replace("M", rig.machines);
    const outcome = await rig.watcher({ command: line }).watch(rig.look());
    deepStrictEqual([outcome.result, outcome.code], ["failure", "outside"]);
    strictEqual(rig.process.runs.length, 0);
  });
}

Deno.test("ExecWatcher.watch() runs nothing that is not admitted", async () => {
  await using rig = await Rig.create();
  rig.verdict = { ok: false, code: "tampered", reason: 'changed "off.sh"' };
  const outcome = await rig.watcher({ command: "off.sh" }).watch(rig.look());
  deepStrictEqual(
    [outcome.result, outcome.state, outcome.code],
    ["failure", "error", "tampered"],
  );
  strictEqual(rig.process.runs.length, 0);
});

Deno.test("ExecWatcher.watch() runs nothing without the governor that is asked for (#198)", async () => {
  await using rig = await Rig.create();
  const outcome = await rig.watcher({ command: "ls", governor: "one" }).watch(rig.look());
  deepStrictEqual([outcome.result, outcome.code], ["failure", "governor_unsupported"]);
  strictEqual(rig.process.runs.length, 0);
});

const ENDS: readonly {
  readonly name: string;
  readonly properties?: Data;
  readonly result: { code?: number; timedOut?: boolean; output?: string };
  readonly expected: readonly [string, string | undefined, boolean | undefined];
  readonly data?: Data;
}[] = [
  { name: "exit 0", result: {}, expected: ["success", undefined, undefined] },
  { name: "exit 3", result: { code: 3 }, expected: ["failure", "exit", undefined] },
  {
    name: "a timeout",
    result: { code: 143, timedOut: true },
    expected: ["failure", "timeout", undefined],
  },
  {
    name: "a suppressed success",
    properties: { suppress_success_announce: "true" },
    result: {},
    expected: ["success", undefined, false],
  },
  {
    name: "output as data",
    properties: { parse_as_data: true },
    result: { output: '{"a":1,"b":{"c":[null]}}\n' },
    expected: ["success", undefined, undefined],
    data: { a: 1, b: { c: [null] } },
  },
  {
    name: "output that is a list",
    properties: { parse_as_data: true },
    result: { output: "[1]" },
    expected: ["failure", "output_json", undefined],
  },
  {
    name: "no output where data is wanted",
    properties: { parse_as_data: true },
    result: {},
    expected: ["failure", "output_json", undefined],
  },
  {
    name: "more output than fits (#206)",
    properties: { parse_as_data: true },
    result: { output: " ".repeat(65_537) },
    expected: ["failure", "output_too_large", undefined],
  },
];

for (const { name, properties, result, expected, data } of ENDS) {
  Deno.test(`ExecWatcher.watch() judges ${name}`, async () => {
    await using rig = await Rig.create();
    const { output = "", ...rest } = result;
    rig.process.on("run", () => ({ ...rest, output: bytes(output) }));
    const outcome = await rig.watcher({ command: "run", ...properties }).watch(rig.look());
    deepStrictEqual([outcome.result, outcome.code, outcome.announce], expected);
    deepStrictEqual(JSON.parse(JSON.stringify(outcome.data ?? {})), data ?? {});
  });
}

const FAILS: readonly (readonly [string, Data, string])[] = [
  ["a command that is not there", { command: "nowhere" }, "not_found"],
  ["an empty command", { command: "{{ nothing }}" }, "command"],
  ["an open quote", { command: "ls 'a" }, "command"],
  ["a bad template", { command: "ls {{ bad one }}" }, "template"],
  ["a bad environment", { command: "ls", environment: "A" }, "environment"],
];

for (const [name, properties, code] of FAILS) {
  Deno.test(`ExecWatcher.watch() fails for ${name}`, async () => {
    await using rig = await Rig.create();
    const outcome = await rig.watcher(properties).watch(rig.look({ template: templates({}) }));
    deepStrictEqual([outcome.result, outcome.state, outcome.code], ["failure", "error", code]);
  });
}

Deno.test("ExecWatcher.watch() gives no facts when they cannot be read", async () => {
  await using rig = await Rig.create();
  rig.node.setFacts(new Error("Cannot read facts"));
  let facts: unknown;
  rig.process.on("run", (_command, { env }) => {
    facts = JSON.parse(Deno.readTextFileSync(env["WATCHER_FACTS"] ?? ""));
    return {};
  });
  strictEqual((await rig.watcher({ command: "run" }).watch(rig.look())).result, "success");
  deepStrictEqual(facts, {});
  strictEqual(rig.log.messages("warn").length, 1);
});

Deno.test("ExecWatcher.watch() ends the command and removes its files when the state is left", async () => {
  await using rig = await Rig.create();
  const left = new AbortController();
  const started = Promise.withResolvers<void>();
  rig.process.on("run", () => {
    started.resolve();
    return new Promise(() => {});
  });
  const looking = rig.watcher({ command: "run" }).watch(rig.look({ signal: left.signal }));
  await started.promise;
  const reason = new Error("left");
  left.abort(reason);
  await rejects(looking, (error) => error === reason);
  strictEqual(rig.process.running, 0);
  deepStrictEqual([...Deno.readDirSync(`${rig.machines}/.machinist/exec`)], []);
});

Deno.test("ExecWatcher.watch() runs a disowned command without timeout and output", async () => {
  await using rig = await Rig.create();
  rig.process.on("run", () => ({ output: bytes("x") }));
  const outcome = await rig.watcher({ command: "run", disown: true }).watch(rig.look());
  strictEqual(outcome.result, "success");
  const options = rig.process.runs[0]?.options;
  deepStrictEqual([options?.timeoutMs, options?.outputLimit], [2 ** 31 - 1, 0]);
});

Deno.test("ExecWatcher.create() reads properties as the reference does, with a timeout of 10 s", async () => {
  await using rig = await Rig.create();
  for (
    const [timeout, ms] of [[undefined, 10_000], ["0", 10_000], ["1.5s", 1_500], ["1m", 60_000]]
  ) {
    rig.process.on("run", () => ({}));
    await rig.watcher({ Command: "run", timeout }).watch(rig.look());
    strictEqual(rig.process.runs.at(-1)?.options.timeoutMs, ms);
  }
  throws(() => rig.watcher({}), /command is required/);
  throws(
    () => rig.watcher({ command: "x", disown: true, parse_as_data: true }),
    /cannot parse output as data while disowning child processes/,
  );
  deepStrictEqual(rig.watcher({ command: "x" }).pace, { atStart: false, minimumMs: 500 });
  deepStrictEqual(
    rig.watcher({ command: "x", gather_initial_state: "true" }).pace,
    { atStart: false, minimumMs: 500, gatherMs: 30_000 },
  );
});

Deno.test("ExecWatcher.watch() fails, and leaves nothing behind, when its files cannot be written (#167)", async () => {
  await using rig = await Rig.create();
  rig.process.on("run", () => ({}));
  const counting = new FaultFs(new DenoFs());
  await rig.watcher({ command: "run" }, counting).watch(rig.look());
  for (let at = 1; at <= counting.count; at++) {
    const fs = new FaultFs(new DenoFs(), { at, fault: "no_space" });
    const outcome = await rig.watcher({ command: "run" }, fs).watch(rig.look());
    strictEqual(outcome.result === "success" || outcome.code === "no_space", true);
    // What could not be removed goes with the next run.
    strictEqual((await rig.watcher({ command: "run" }).watch(rig.look())).result, "success");
    deepStrictEqual([...Deno.readDirSync(`${rig.machines}/.machinist/exec`)], []);
  }
  const full = new FaultFs(new DenoFs(), {
    at: 1,
    fault: "no_space",
    counts: (operation) => operation === "write",
  });
  const outcome = await rig.watcher({ command: "run" }, full).watch(rig.look());
  deepStrictEqual([outcome.result, outcome.code], ["failure", "no_space"]);
  deepStrictEqual([...Deno.readDirSync(`${rig.machines}/.machinist/exec`)], []);
});

Deno.test("ExecWatcher.watch() makes its directory when it is not there", async () => {
  await using rig = await Rig.create();
  rig.process.on("run", () => ({}));
  strictEqual((await rig.watcher({ command: "run" }).watch(rig.look())).result, "success");
  const info = Deno.statSync(`${rig.machines}/.machinist/exec`);
  strictEqual((info.mode ?? 0) & 0o777, 0o700);
});
