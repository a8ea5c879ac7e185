import { deepStrictEqual, ok, rejects, strictEqual } from "node:assert";
import { DenoProcess } from "../../src/deno/process.ts";
import { ProcessError, type RunOptions } from "../../src/ports/process.ts";
import { testProcessContract } from "../support/process_contract.ts";

testProcessContract("DenoProcess", () => new DenoProcess());

const process = new DenoProcess();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function options(given: Partial<RunOptions> = {}): RunOptions {
  return {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    timeoutMs: 20_000,
    outputLimit: 65_536,
    signal: new AbortController().signal,
    ...given,
  };
}

const sh = (script: string, given: Partial<RunOptions> = {}) =>
  process.run(["sh", "-c", script], options(given));

/** Whether a process (not a zombie) still runs. */
async function runs(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", String(pid)] })
    .output();
  const state = text(stdout).trim();
  return state !== "" && !state.startsWith("Z");
}

Deno.test("DenoProcess.run() gives both outputs and the exit code when a command ends", async () => {
  const result = await sh("echo out; echo err >&2; exit 3");
  strictEqual(result.code, 3);
  deepStrictEqual(text(result.output).split("\n").sort(), ["", "err", "out"]);
  strictEqual(result.truncated, false);
  strictEqual(result.timedOut, false);
});

Deno.test("DenoProcess.run() inherits no environment when it runs a command", async () => {
  const result = await process.run(["/usr/bin/env"], options({ env: { A: "1" } }));
  strictEqual(text(result.output), "A=1\n");
});

Deno.test("DenoProcess.run() uses the working directory when the command is relative", async () => {
  const directory = await Deno.makeTempDir();
  await Deno.writeTextFile(`${directory}/off.sh`, "#!/bin/sh\npwd -P\n", { mode: 0o755 });
  const result = await process.run(["./off.sh"], options({ cwd: directory }));
  strictEqual(text(result.output).trim(), await Deno.realPath(directory));
  await Deno.remove(directory, { recursive: true });
});

Deno.test("DenoProcess.run() keeps only the limit when a command floods its output (#206)", async () => {
  const result = await sh("head -c 20000000 /dev/zero; echo end >&2", { outputLimit: 1000 });
  strictEqual(result.output.length, 1000);
  strictEqual(result.truncated, true);
  strictEqual(result.code, 0);
});

Deno.test("DenoProcess.run() kills the whole group when the time is over (#206)", async () => {
  const result = await sh("sleep 300 & echo $!; wait", { timeoutMs: 300 });
  strictEqual(result.timedOut, true);
  strictEqual(result.code, 143);
  strictEqual(await runs(Number(text(result.output).trim())), false);
});

Deno.test("DenoProcess.run() kills by force when the group ignores the polite way (#206)", async () => {
  const script = "trap '' TERM; sleep 300 & echo $!; while :; do sleep 1; done";
  const result = await sh(script, { timeoutMs: 300, graceMs: 200 });
  strictEqual(result.timedOut, true);
  strictEqual(result.code, 137);
  strictEqual(await runs(Number(text(result.output).trim())), false);
});

Deno.test("DenoProcess.run() rejects with the reason when it is aborted, once all are gone", async () => {
  const directory = await Deno.makeTempDir();
  const controller = new AbortController();
  const reason = new Error("enough");
  const watcher = Deno.watchFs(directory);
  const running = sh("sleep 300 & echo $! > pid; wait", {
    cwd: directory,
    signal: controller.signal,
  });
  const failing = rejects(running, (error) => error === reason);
  for await (const _ of watcher) {
    const pid = await Deno.readTextFile(`${directory}/pid`).catch(() => "");
    if (!pid.includes("\n")) continue;
    controller.abort(reason);
    await failing;
    strictEqual(await runs(Number(pid)), false);
    break;
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("DenoProcess.run() does not hang when an orphan holds the output (#206)", async () => {
  const start = performance.now();
  const result = await sh("setsid sleep 5 & echo done");
  strictEqual(text(result.output), "done\n");
  ok(performance.now() - start < 4_000);
});

const refused: readonly [string, readonly string[], Partial<RunOptions>, ProcessError["code"]][] = [
  ["the command is absent", ["machinist-no-such-command"], {}, "not_found"],
  ["the command has no name", [""], {}, "not_found"],
  ["the command is not executable", ["/etc/passwd"], {}, "denied"],
  ["the working directory is absent", ["ls"], { cwd: "/no/such/directory" }, "failed"],
];

for (const [when, command, given, code] of refused) {
  Deno.test(`DenoProcess.run() rejects with ${code} when ${when}`, async () => {
    await rejects(
      process.run(command, options(given)),
      (error) => error instanceof ProcessError && error.code === code,
    );
  });
}

Deno.test("DenoProcess.killAll() ends what is being ended politely, and what runs (#200)", async () => {
  const mine = new DenoProcess();
  const controller = new AbortController();
  const script = "trap '' TERM; sleep 300 & while :; do sleep 1; done";
  const options_ = options({ signal: controller.signal, graceMs: 60_000 });
  const stopping = rejects(mine.run(["sh", "-c", script], options_), { name: "AbortError" });
  const running = mine.run(["sh", "-c", script], options());
  const started = performance.now();
  controller.abort();
  mine.killAll();
  strictEqual((await running).code, 137);
  await stopping;
  ok(performance.now() - started < 10_000);
  mine.killAll();
});

Deno.test({
  name: "DenoProcess.run() rejects with permission when Deno refuses",
  permissions: { run: false },
  async fn() {
    await rejects(
      sh("true"),
      (error) => error instanceof ProcessError && error.code === "permission",
    );
  },
});

Deno.test("DenoProcess.run() starts nothing when it is aborted already", async () => {
  const reason = new Error("too late");
  await rejects(
    sh("true", { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  );
});

Deno.test({
  name: "DenoProcess.run() ends at least the command itself when it may signal no group",
  permissions: { run: ["sh"] },
  async fn() {
    const result = await sh("trap '' TERM; while :; do :; done", { timeoutMs: 100, graceMs: 100 });
    strictEqual(result.timedOut, true);
    strictEqual(result.code, 137);
  },
});
